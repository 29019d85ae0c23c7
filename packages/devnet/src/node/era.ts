/** How long an extrinsic lives: forever, or `period` blocks from a block of the given phase. */
export type Era =
  | { readonly kind: "immortal" }
  | { readonly kind: "mortal"; readonly period: number; readonly phase: number };

export const IMMORTAL: Era = { kind: "immortal" };

const MIN_PERIOD = 4;
const MAX_PERIOD = 65_536;

/** Phases of long periods are stored in steps of this many blocks, so that they fit 12 bits. */
const quantum = (period: number) => Math.max(period >> 12, 1);

/** The era of an extrinsic signed at `current`; the period is rounded up to a power of two. */
export function mortalEra(period: number, current: number): Era {
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(period, MIN_PERIOD)));
  const lasting = Math.min(rounded, MAX_PERIOD);
  const step = quantum(lasting);
  return {
    kind: "mortal",
    period: lasting,
    phase: Math.floor((current % lasting) / step) * step,
  };
}

/** One zero byte, or two bytes: the exponent of the period below the quantised phase. */
export function encodeEra(era: Era): Uint8Array {
  if (era.kind === "immortal") return Uint8Array.of(0);
  const exponent = Math.min(Math.max(Math.log2(era.period) - 1, 1), 15);
  const bits = exponent | ((era.phase / quantum(era.period)) << 4);
  return Uint8Array.of(bits & 0xff, bits >> 8);
}

/** Reads an era at the start of `bytes`; undefined when it is malformed. */
export function decodeEra(bytes: Uint8Array): { era: Era; length: number } | undefined {
  const [low, high] = bytes;
  if (low === 0) return { era: IMMORTAL, length: 1 };
  if (low === undefined || high === undefined) return undefined;
  const bits = low | (high << 8);
  const period = 2 << (bits & 0x0f);
  const phase = (bits >> 4) * quantum(period);
  if (period < MIN_PERIOD || phase >= period) return undefined;
  return { era: { kind: "mortal", period, phase }, length: 2 };
}

/** The first block of an era that contains `current`; block 0 for an immortal one. */
export function birthOf(era: Era, current: number): number {
  if (era.kind === "immortal") return 0;
  const { period, phase } = era;
  return Math.floor((Math.max(current, phase) - phase) / period) * period + phase;
}

/** The first block in which an extrinsic of this era is no longer valid. */
export function deathOf(era: Era, current: number): number {
  return era.kind === "immortal" ? Number.MAX_SAFE_INTEGER : birthOf(era, current) + era.period;
}
