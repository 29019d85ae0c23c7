import { p256 } from "@noble/curves/nist.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** A point of P-256; the original system knows no other curve. */
export type LegacyPoint = typeof p256.Point.BASE;

/** Two coordinates and a comma are 314 digits at most. */
const HEX = /^(?:[0-9a-f]{2}){1,157}$/;
const TEXT = /^(\d{1,78}),(\d{1,78})$/;

/** How points were written: both coordinates in decimal, joined by a comma, as hex of that ASCII. */
export function encodeLegacyPoint(point: LegacyPoint): string {
  const { x, y } = point.is0() ? { x: 0n, y: 0n } : point.toAffine();
  return bytesToHex(Uint8Array.from(`${x},${y}`, (letter) => letter.charCodeAt(0)));
}

/** Reads a point; null off the curve. As there, (0, 0) is the identity and is accepted. */
export function decodeLegacyPoint(hex: string): LegacyPoint | null {
  if (!HEX.test(hex)) return null;
  const text = String.fromCharCode(...hexToBytes(hex));
  const [, x, y] = TEXT.exec(text) ?? [];
  if (x === undefined || y === undefined) return null;
  if (BigInt(x) === 0n && BigInt(y) === 0n) return p256.Point.ZERO;
  try {
    const point = p256.Point.fromAffine({ x: BigInt(x), y: BigInt(y) });
    point.assertValidity();
    return point;
  } catch {
    return null;
  }
}
