const NS_PER_MS = 1_000_000n;

/** How far the signed time may lie from ours, in milliseconds; the limits themselves pass. */
export interface Window {
  readonly maxAgeMs: number;
  /** Into the future: without this bound a post-dated request lives as long as its author likes. */
  readonly maxSkewMs: number;
}

/** Epistula's usual eight seconds, and a forward bound its first verifiers lack (epistula.md section 6). */
export const EPISTULA_WINDOW: Window = { maxAgeMs: 8000, maxSkewMs: 2000 };

/** Epistula v1's five seconds. */
export const EPISTULA_V1_WINDOW: Window = { maxAgeMs: 5000, maxSkewMs: 2000 };

/** The SDK's defaults for btauth/1 (btauth.md section 3). */
export const BTAUTH_WINDOW: Window = { maxAgeMs: 10_000, maxSkewMs: 2000 };

/** Which side of the window a signed time lies on, or undefined inside it. */
export function outsideWindow(
  signedNs: bigint,
  now: number,
  window: Window,
): "STALE" | "FUTURE" | undefined {
  const age = millisecondsToNs(now) - signedNs;
  if (age > millisecondsToNs(window.maxAgeMs)) return "STALE";
  if (-age > millisecondsToNs(window.maxSkewMs)) return "FUTURE";
  return undefined;
}

/** Whole milliseconds as nanoseconds, which a number cannot hold. */
export function millisecondsToNs(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * NS_PER_MS;
}
