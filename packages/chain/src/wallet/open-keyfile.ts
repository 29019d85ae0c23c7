import { type KeyContents, parseKeyContents } from "./contents.ts";
import { decryptKeyfile, detectEncryption } from "./encryption.ts";
import type { WalletWarning } from "./errors.ts";
import { findPassword, type PasswordSources } from "./password.ts";
import type { Environment } from "./places.ts";
import { readKeyfile } from "./read-keyfile.ts";

/** One key file to open. */
export interface OpenKeyfile {
  readonly path: string;
  readonly role: "private" | "public";
  /** Given for a coldkey, whose password may be in a variable named after its wallet. */
  readonly walletName?: string | undefined;
  readonly env: Environment;
  readonly sources?: PasswordSources | undefined;
  readonly onWarning?: ((warning: WalletWarning) => void) | undefined;
}

/** Reads, unseals when needed and parses a key file of any era; pass the result to `wipeContents` after use. */
export async function openKeyfile(request: OpenKeyfile): Promise<KeyContents> {
  const { path, role, env, walletName, onWarning } = request;
  const { bytes, warnings } = await readKeyfile(path, role);
  for (const warning of warnings) onWarning?.(warning);
  const scheme = detectEncryption(bytes);
  const plain =
    scheme === "none"
      ? bytes
      : await decryptKeyfile(
          bytes,
          scheme,
          await findPassword({ path, walletName, env }, request.sources ?? {}),
        );
  try {
    const contents = parseKeyContents(plain, role);
    if (contents.raw && role === "private") onWarning?.(rawWarning(path));
    return contents;
  } finally {
    plain.fill(0);
  }
}

function rawWarning(path: string): WalletWarning {
  const message = `${path} holds a bare secret without an address: compare the address before use`;
  return { code: "RAW_KEYFILE", path, message };
}
