import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** How a mock API misbehaves; one way at a time. */
export type Hostility =
  /** The listing also has paths and hotkeys that would hurt whoever trusted them, and serves them. */
  | { readonly kind: "traversal" }
  /** Downloads go on for so many bytes, without a length: ten gigabytes unless told otherwise. */
  | { readonly kind: "endless-body"; readonly sizeBytes?: number }
  /** The listing never ends. */
  | { readonly kind: "endless-list" }
  /** Everything is called a web page. */
  | { readonly kind: "wrong-type" }
  /** One byte, then a pause of a second unless told otherwise, then the next. */
  | { readonly kind: "slow"; readonly pauseMs?: number }
  /** The first answer to each path breaks off in its middle; later ones are whole. */
  | { readonly kind: "cut" }
  /** So many requests are answered with 503 first. */
  | { readonly kind: "down"; readonly count: number };

const TEN_GIGABYTES = 10_000_000_000;
const PIECE = 1 << 16;

/** Lines of a listing that must be refused one by one. */
export const HOSTILE_PATHS = [
  "../../../../etc/passwd",
  "/etc/passwd",
  "audit/validator/../../../../owned.json",
  "audit\\validator\\..\\..\\owned.json",
  "audit/validator/%2e%2e/%2e%2e/owned.json",
  "file:///etc/passwd",
] as const;

/** A hotkey that would end a query which was put together as text. */
export const HOSTILE_HOTKEY = "x'); DROP TABLE audit_entries; --";

/** Writes pieces without end, at the pace of the reader; rejects when it hangs up. */
export function streamEndless(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return pipeline(repeated(piece, Number.POSITIVE_INFINITY), response);
}

/** A body of spaces, of this size or ten gigabytes. */
export function streamBody(response: ServerResponse, sizeBytes = TEN_GIGABYTES): Promise<void> {
  return pipeline(repeated(new Uint8Array(PIECE).fill(32), Math.ceil(sizeBytes / PIECE)), response);
}

function* repeated(piece: string | Uint8Array, count: number): Generator<string | Uint8Array> {
  for (let left = count; left > 0; left -= 1) yield piece;
}

/** The body byte by byte. */
export async function drip(
  response: ServerResponse,
  body: Uint8Array,
  pauseMs = 1_000,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
    await sleep(pauseMs, undefined, { signal: gone.signal }).catch(() => undefined);
  }
  response.end();
}
