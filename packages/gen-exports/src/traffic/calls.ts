import { type Metrics, MICROS_PER_SECOND, type Micros } from "@neurond/exports";
import type { Random } from "../random.ts";
import type { Chute, Template } from "../world/cast.ts";

/** What comes of one call: how long it takes, and what is measured or went wrong. */
export interface Outcome {
  /** Infinity: it never ends. */
  readonly duration: Micros;
  readonly error: string | null;
  readonly metrics: Metrics | null;
}

/** A median of 6 s whose 99th percentile is 180 s. */
const VLLM_SIGMA = 1.462;

const DURATIONS: Readonly<Record<Template, (random: Random) => number>> = {
  vllm: (random) => random.logNormal(6, VLLM_SIGMA),
  diffusion: (random) => random.between(4, 40),
  tts: (random) => random.between(1, 15),
  tei: (random) => random.between(0.05, 1),
  none: (random) => random.logNormal(2, 1),
};

/** A call that succeeds, is lost (1 %) or takes hours (0.05 %). */
export function success(chute: Chute, functionName: string, random: Random): Outcome {
  const isLong = random.chance(0.0005);
  const drawn = Math.min(3_500, DURATIONS[chute.template](random));
  const seconds = isLong ? random.between(3_601, 3 * 3_600) : drawn;
  const metrics = measured(chute, functionName, seconds, random);
  const isLost = random.chance(0.01);
  return { duration: isLost ? Number.POSITIVE_INFINITY : micros(seconds), error: null, metrics };
}

/** A call that ends in an error; nothing is measured of it. */
export function failure(random: Random): Outcome {
  const kind = random.weighted([
    ["RATE_LIMIT", 50],
    ["trace", 30],
    ["EMPTY_STREAM", 10],
    ["BAD_REQUEST", 5],
    ["KEY_EXCHANGE_REQUIRED", 5],
  ]);
  const error = kind === "trace" ? stackTrace(random) : kind;
  return { duration: micros(random.between(0.02, 20)), error, metrics: null };
}

function stackTrace(random: Random): string {
  const frames = Array.from({ length: random.integer(2, 12) }, (_, depth) => {
    const line = random.integer(10, 900);
    return `  File "/app/serve/${"step_".repeat(depth % 3)}call.py", line ${line}, in call_${depth}\n    raise Failure("status=${random.integer(500, 504)}, said 'no'")`;
  });
  return `Traceback (most recent call last):\n${frames.join("\n")}\nFailure: host [redacted], gave up\n`;
}

function measured(
  chute: Chute,
  functionName: string,
  seconds: number,
  random: Random,
): Metrics | null {
  const billed = chute.isPrivate ? { p: true } : {};
  if (chute.template === "vllm")
    return { ...languageModel(functionName, seconds, random), ...billed };
  if (chute.template === "diffusion") {
    const steps = random.integer(5, 50);
    return { steps, masps: short(random.between(0.05, 0.8)), ...billed };
  }
  return chute.isPrivate || random.chance(0.5) ? billed : null;
}

function languageModel(functionName: string, seconds: number, random: Random): Metrics {
  const it = whole(random.logNormal(900, 1.1), 20, 30_000);
  const ot = whole(random.logNormal(250, 1.2), 1, 8_000);
  const [ptps, otps] = [short(random.between(500, 20_000)), short(random.between(15, 200))];
  const isStream = functionName.endsWith("_stream") || random.chance(0.55);
  const normalised = random.chance(0.1) ? {} : { nc: short(it / ptps + ot / otps) };
  return {
    it,
    ot,
    ttft: isStream ? short(random.between(0.05, 5)) : null,
    tps: short(ot / Math.max(seconds, 0.05)),
    tokens: 0,
    sps: 0,
    ct: Math.floor(it * random.unit() * 0.3),
    maspt: short(random.between(0.0005, 0.02)),
    ptps,
    otps,
    ...normalised,
  };
}

const whole = (value: number, low: number, high: number): number =>
  Math.round(Math.min(high, Math.max(low, value)));
const short = (value: number): number => Math.round(value * 1e6) / 1e6;
const micros = (seconds: number): Micros => Math.max(1, Math.floor(seconds * MICROS_PER_SECOND));
