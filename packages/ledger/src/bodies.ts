import { fromHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Json } from "./json.ts";

/** Byte strings above this many bytes leave the record. */
export const MAX_INLINE_BYTES = 512;

const BYTES = /^0x(?:[0-9a-f]{2})*$/;
const HASH = /^[0-9a-f]{64}$/;
/** Marks where a body stood. Keys that begin with `$` are escaped by one more, so none is mistaken. */
const MARK = "$sha256";

/** A record without its long byte strings, and those, by the SHA-256 of their bytes. */
export interface Detached {
  readonly record: Json;
  readonly bodies: ReadonlyMap<string, Uint8Array>;
}

/** Replaces each long byte string (`0x…`) by its hash, so that it can be kept apart and forgotten. */
export function detachBodies(value: Json, maxInlineBytes = MAX_INLINE_BYTES): Detached {
  const bodies = new Map<string, Uint8Array>();
  const detach = (part: Json): Json => {
    if (typeof part === "string") {
      if (part.length <= 2 + 2 * maxInlineBytes || !BYTES.test(part)) return part;
      const body = fromHex(part);
      const hash = bytesToHex(sha256(body));
      bodies.set(hash, body);
      return { [MARK]: hash };
    }
    if (isList(part)) return part.map(detach);
    if (typeof part !== "object" || part === null) return part;
    return fromEntries(
      Object.entries(part).map(([key, item]) => [escapeKey(key), detach(item)] as const),
    );
  };
  return { record: detach(value), bodies };
}

/** What `attachBodies` comes to: the value, or the hashes nobody could supply. */
export type Attached =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Puts bodies back. A body that does not hash to its name counts as missing. */
export function attachBodies(
  record: Json,
  bodyOf: (hash: string) => Uint8Array | undefined,
): Attached {
  const missing: string[] = [];
  const attach = (part: Json): Json => {
    if (isList(part)) return part.map(attach);
    if (typeof part !== "object" || part === null) return part;
    const hash = markedHash(part);
    if (hash === null) {
      return fromEntries(
        Object.entries(part).map(([key, item]) => [unescapeKey(key), attach(item)] as const),
      );
    }
    const body = bodyOf(hash);
    if (body !== undefined && bytesToHex(sha256(body)) === hash) return `0x${bytesToHex(body)}`;
    missing.push(hash);
    return null;
  };
  const value = attach(record);
  return missing.length === 0 ? { ok: true, value } : { ok: false, missing };
}

/** The bodies a record refers to. */
export function bodiesOf(record: Json): readonly string[] {
  const attached = attachBodies(record, () => undefined);
  return attached.ok ? [] : attached.missing;
}

function markedHash(part: { readonly [key: string]: Json }): string | null {
  const hash = part[MARK];
  return typeof hash === "string" && HASH.test(hash) ? hash : null;
}

function escapeKey(key: string): string {
  return key.startsWith("$") ? `$${key}` : key;
}

function unescapeKey(key: string): string {
  return key.startsWith("$") ? key.slice(1) : key;
}

/** `Object.fromEntries` defines `__proto__` as a member like any other; assignment would not. */
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
