import { AXON, EPISTULA } from "./header-names.ts";
import type { RawHeaders } from "./request-head.ts";

/** Every header of these families authenticates, known or not. */
const FAMILIES = ["epistula-", "x-bittensor-", "bt_header_dendrite_"];
const CONTENT_LENGTH = "content-length";
const SINGLE: ReadonlySet<string> = new Set([
  EPISTULA.authorization.toLowerCase(),
  EPISTULA.bodySignature.toLowerCase(),
  AXON.axonHotkey,
  AXON.bodyHash,
  AXON.timeout,
]);

/**
 * Keys by spelling, null for headers that authenticate nothing: a client spells its names alike in every
 * request. Bounded, because strangers choose them.
 */
const KEYS = new Map<string, string | null>();
const MAX_SPELLINGS = 512;
const MAX_SPELLING_LENGTH = 64;

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
    const key = keyOf(name);
    if (key === null) continue;
    if (key === CONTENT_LENGTH) values.set(key, value);
    else if (values.has(key)) repeated.push(key);
    else values.set(key, value);
  }
  return {
    sizeBytes,
    repeated,
    get: (name) => values.get(keyOf(name) ?? name),
    hasPrefix: (prefix) => values.keys().some((key) => key.startsWith(prefix)),
  };
}

/** The lower-case name of a header this package reads. */
function keyOf(name: string): string | null {
  const known = KEYS.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const key = lower === CONTENT_LENGTH || authenticates(lower) ? lower : null;
  if (KEYS.size < MAX_SPELLINGS && name.length <= MAX_SPELLING_LENGTH) KEYS.set(name, key);
  return key;
}

function authenticates(key: string): boolean {
  for (const family of FAMILIES) if (key.startsWith(family)) return true;
  return SINGLE.has(key);
}
