import { encodeScalar } from "@neurond/crypto";
import type { Entry } from "../entry.ts";
import { inclusionPaths } from "../inclusion-paths.ts";
import { tokenBlind, tokenKey, tokenSeed } from "./derive.ts";
import { TOKEN_HASHER } from "./leaf.ts";
import type { MadeToken } from "./token-maker.ts";

/** What a verdict publishes of a token, so that everybody can check it. */
export interface OpenedToken {
  readonly leaf: Uint8Array;
  /** Place of the leaf under the receipt's token root. */
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly seed: Uint8Array;
  readonly answer: Uint8Array;
  /** Scalar, 32 bytes. */
  readonly blind: Uint8Array;
}

/** Opens one of a shard's tokens; only who has the master secret can. Undefined when it is not there. */
export async function openToken(
  { master, entry }: { readonly master: Uint8Array; readonly entry: Entry },
  tokens: readonly MadeToken[],
  index: number,
): Promise<OpenedToken | undefined> {
  const made = tokens[index];
  if (made === undefined) return undefined;
  const key = tokenKey(master, entry);
  const hashes = tokens.map(({ leaf }) => TOKEN_HASHER.leaf(leaf));
  const [path = []] = await inclusionPaths(TOKEN_HASHER, hashes, [index]);
  const { leaf, answer, name } = made;
  const seed = tokenSeed(key, name);
  const blind = encodeScalar(tokenBlind(key, name));
  // Seeds and blinds of all other tokens follow from it.
  key.fill(0);
  return { leaf, index, path, seed, answer, blind };
}
