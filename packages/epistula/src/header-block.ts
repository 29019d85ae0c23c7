import { AXON, EPISTULA } from "./header-names.ts";
import type { RawHeaders } from "./request-head.ts";

/** Every header of these families authenticates, known or not. */
const FAMILIES = ["epistula-", "x-bittensor-", "bt_header_dendrite_"];
const SINGLE: ReadonlySet<string> = new Set([
  EPISTULA.authorization.toLowerCase(),
  EPISTULA.bodySignature.toLowerCase(),
  AXON.axonHotkey,
  AXON.bodyHash,
  AXON.timeout,
]);

/** The header fields this package reads, by name in any case. */
export interface HeaderBlock {
  /** Of names and values together, with four characters of punctuation each. */
  readonly sizeBytes: number;
  /** Lower-case names of authentication headers that arrived more than once. */
  readonly repeated: readonly string[];
  get(name: string): string | undefined;
  /** Whether an authentication header has a name that begins so, in lower case. */
  hasPrefix(prefix: string): boolean;
}

/** Reads a raw header list; of repeated authentication headers the first value stays, for nobody to use. */
export function readHeaderBlock(headers: RawHeaders): HeaderBlock {
  const values = new Map<string, string>();
  const repeated: string[] = [];
  let sizeBytes = 0;
  for (const [name, value] of headers) {
    sizeBytes += name.length + value.length + 4;
    const key = name.toLowerCase();
    if (key === "content-length") values.set(key, value);
    if (!authenticates(key)) continue;
    if (values.has(key)) repeated.push(key);
    else values.set(key, value);
  }
  return {
    sizeBytes,
    repeated,
    get: (name) => values.get(name.toLowerCase()),
    hasPrefix: (prefix) => values.keys().some((key) => key.startsWith(prefix)),
  };
}

function authenticates(key: string): boolean {
  for (const family of FAMILIES) if (key.startsWith(family)) return true;
  return SINGLE.has(key);
}
