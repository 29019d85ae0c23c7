import { type AddressKind, addressKind } from "./address.ts";
import { ENTRY_LIMITS, encodeEntry, type MinerEndpoint } from "./endpoint.ts";
import { type EntryProblem, problem } from "./problem.ts";

/** A string taken apart, or what is wrong with it. */
export type ParsedEntry =
  | {
      readonly ok: true;
      readonly endpoint: MinerEndpoint;
      /** The address is IPv6 without brackets, as the Python tool writes it. */
      readonly legacyIpv6: boolean;
    }
  | { readonly ok: false; readonly problem: EntryProblem };

const PRINTABLE = /^[\x20-\x7e]*$/;
const PORT = /^\d{1,5}$/;

/**
 * Takes a commitment's string apart. Port 0 is let through, for the chain may hold it; only printable
 * ASCII is, so that a character is a byte for everybody.
 */
export function parseEntry(text: string): ParsedEntry {
  const { entryBytes, addressBytes } = ENTRY_LIMITS;
  if (!PRINTABLE.test(text)) return { ok: false, problem: problem("ENTRY_UNPRINTABLE") };
  if (text.length > entryBytes) return refuse("ENTRY_TOO_LONG", lengths(text, entryBytes));
  const split = splitEntry(text);
  if (split === null) return refuse("PORT_MISSING");
  const { address, port, kind, legacyIpv6 } = split;
  if (address === "") return refuse("ADDRESS_MISSING");
  if (address.length > addressBytes) {
    return refuse("ADDRESS_TOO_LONG", lengths(address, addressBytes));
  }
  if (kind === null) return refuse("ADDRESS_INVALID", address);
  if (!isPort(port)) return refuse("PORT_INVALID", `"${port}" is no port`);
  return { ok: true, endpoint: { address, kind, port: Number(port) }, legacyIpv6 };
}

/** An address and a port about to be registered: the string for the chain, or all that is wrong. */
export type Registration =
  | { readonly ok: true; readonly endpoint: MinerEndpoint; readonly text: string }
  | { readonly ok: false; readonly problems: readonly EntryProblem[] };

/** Makes the string for the chain; stricter than reading, which takes what others wrote. */
export function registrationOf(address: string, port: string): Registration {
  const { addressBytes, entryBytes } = ENTRY_LIMITS;
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  const problems: EntryProblem[] = [];
  const kind = PRINTABLE.test(bare) ? addressKind(bare) : null;
  const length = bytesOf(bare);
  if (bare === "") problems.push(problem("ADDRESS_MISSING"));
  else if (length > addressBytes) {
    problems.push(problem("ADDRESS_TOO_LONG", `${length} bytes, limit ${addressBytes}`));
  } else if (kind === null) problems.push(problem("ADDRESS_INVALID", address));
  if (!isPort(port)) problems.push(problem("PORT_INVALID", `"${port}" is no port`));
  else if (Number(port) === 0) problems.push(problem("PORT_ZERO"));
  const whole = bytesOf(`${address}:${port}`);
  if (whole > entryBytes) {
    problems.push(problem("ENTRY_TOO_LONG", `${whole} bytes, limit ${entryBytes}`));
  }
  if (kind === null || problems.length > 0) return { ok: false, problems };
  const endpoint = { address: bare, kind, port: Number(port) };
  return { ok: true, endpoint, text: encodeEntry(endpoint) };
}

interface Split {
  readonly address: string;
  readonly port: string;
  readonly kind: AddressKind | null;
  readonly legacyIpv6: boolean;
}

/** At the bracket, else for bare IPv6 at the last colon, else at the only one; null without a colon. */
function splitEntry(text: string): Split | null {
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(text);
  if (bracketed !== null) {
    const [, address = "", port = ""] = bracketed;
    const isIpv6 = addressKind(address) === "ipv6";
    return { address, port, kind: isIpv6 ? "ipv6" : null, legacyIpv6: false };
  }
  const last = text.lastIndexOf(":");
  if (last < 0) return null;
  const head = text.slice(0, last);
  if (addressKind(head) === "ipv6") {
    return { address: head, port: text.slice(last + 1), kind: "ipv6", legacyIpv6: true };
  }
  const first = text.indexOf(":");
  const address = text.slice(0, first);
  return { address, port: text.slice(first + 1), kind: addressKind(address), legacyIpv6: false };
}

/** Plain digits: what Python's `int` takes beside them (`+80`, ` 80`, `8_0`) others do not. */
function isPort(text: string): boolean {
  return PORT.test(text) && Number(text) <= ENTRY_LIMITS.maxPort;
}

function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

const lengths = (text: string, limit: number) => `${text.length} bytes, limit ${limit}`;

function refuse(...about: Parameters<typeof problem>): ParsedEntry {
  return { ok: false, problem: problem(...about) };
}
