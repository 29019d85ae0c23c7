import type { GenOptions } from "../options.ts";
import { Random } from "../random.ts";
import { addressOf } from "./keys.ts";

/** What a chute runs, which decides how long a call takes and what is measured of it. */
export type Template = "vllm" | "diffusion" | "tei" | "tts" | "none";

export interface Miner {
  readonly index: number;
  readonly uid: number;
  readonly hotkey: string;
  readonly coldkey: string;
  /** Whether it reports about itself. */
  readonly reports: boolean;
  /** Its own counts are those of the validator, times this: above 1 it claims too much. */
  readonly claim: number;
}

export interface Chute {
  readonly index: number;
  readonly id: string;
  readonly version: string;
  readonly userId: string;
  readonly imageId: string;
  readonly imageUserId: string;
  readonly name: string;
  readonly template: Template;
  readonly functions: readonly [string, ...string[]];
  readonly gpuCount: number;
  readonly multiplier: number;
  readonly isPrivate: boolean;
}

/** Who takes part. */
export interface Cast {
  readonly validator: { readonly uid: number; readonly hotkey: string; readonly coldkey: string };
  readonly miners: readonly [Miner, ...Miner[]];
  readonly chutes: readonly [Chute, ...Chute[]];
}

/** Counts as public although its calls are billed privately: the one exception of the first rules. */
export const LEGACY_CHUTE = "561e4875-254d-588f-a36f-57c9cdef8961";

const VALIDATOR_UID = 1;
/** So many coldkeys own two hotkeys each. */
const SHARED_COLDKEYS = 3;

const FUNCTIONS: Readonly<Record<Template, readonly [string, ...string[]]>> = {
  vllm: ["chat_stream", "chat", "completion_stream"],
  diffusion: ["generate"],
  tei: ["embed"],
  tts: ["speak"],
  none: ["run", "predict"],
};

/** The same seed gives the same cast. */
export function castOf({ seed, miners, chutes }: GenOptions): Cast {
  const random = new Random(seed, "cast");
  const uids = shuffled(
    Array.from({ length: 254 }, (_, index) => index + 2),
    random,
  );
  const cast = Array.from({ length: miners }, (_, index) =>
    minerOf(seed, index, uids[index] ?? 0, random),
  );
  const works = Array.from({ length: chutes }, (_, index) => chuteOf(index, random));
  const validator = {
    uid: VALIDATOR_UID,
    hotkey: addressOf(seed, "validator"),
    coldkey: addressOf(seed, "validator-cold"),
  };
  return { validator, miners: nonEmpty(cast), chutes: nonEmpty(works) };
}

function minerOf(seed: number, index: number, uid: number, random: Random): Miner {
  const owner = index < 2 * SHARED_COLDKEYS ? Math.floor(index / 2) : index;
  const reports = index === 0 || random.chance(0.85);
  return {
    index,
    uid,
    hotkey: addressOf(seed, `miner/${index}`),
    coldkey: addressOf(seed, `miner-cold/${owner}`),
    reports,
    claim: index === 0 ? 1.3 : 1,
  };
}

function chuteOf(index: number, random: Random): Chute {
  const template = random.weighted<Template>([
    ["vllm", 50],
    ["diffusion", 15],
    ["tei", 8],
    ["tts", 5],
    ["none", 22],
  ]);
  const gpuCount = random.weighted([
    [1, 60],
    [2, 12],
    [4, 13],
    [8, 15],
  ]);
  const isPrivate = random.chance(0.15) || index === 0;
  const tee = random.chance(0.2) ? 2.25 : 1;
  return {
    index,
    id: index === 0 ? LEGACY_CHUTE : random.uuid(),
    version: random.uuid(),
    userId: random.uuid(),
    imageId: random.uuid(),
    imageUserId: random.uuid(),
    name: `${template}-${index}`,
    template,
    functions: FUNCTIONS[template],
    gpuCount,
    multiplier: Math.round(random.between(0.1, 1) * gpuCount * tee * 1e4) / 1e4,
    isPrivate,
  };
}

/** Every order is as likely: each next item is drawn from those that are left. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.integer(0, left.length - 1), 1));
}

function nonEmpty<T>(items: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = items;
  if (first === undefined) throw new RangeError("nobody takes part");
  return [first, ...rest];
}
