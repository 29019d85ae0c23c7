import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "@neurond/primitives";
import type { CheckedFetch } from "@neurond/registry/io";
import {
  type Choice,
  type Chute,
  Dice,
  drawRequest,
  type KeyRing,
  nextMoment,
  type Schedule,
  type SyntheticStore,
} from "@neurond/synthetics";
import { fetchChutes } from "./chute-list.ts";
import type { AnswerLimits } from "./lines.ts";
import { type Probed, probeOnce } from "./probe-once.ts";
import type { Show } from "./render/show.ts";

/** What the requests are made with. */
export interface RunDeps {
  readonly fetch: CheckedFetch;
  /** The validator's API. */
  readonly url: string;
  readonly choice: Omit<Choice, "chutes">;
  readonly keys: KeyRing;
  readonly schedule: Schedule;
  /** Share of requests without the trace header, 0 to 1. */
  readonly blindShare: number;
  readonly limits: AnswerLimits;
  readonly store: SyntheticStore;
  readonly show: Show;
  readonly report: RunReport;
  readonly now: () => number;
}

/** Who is told what happens. */
export interface RunReport {
  readonly probed: (probed: Probed) => void;
  /** Something that is tried again by itself. */
  readonly failed: (error: CodedError) => void;
}

const LIST_MS = 60_000;
const REST_MS = 600_000;

/** Sends requests until the signal aborts, one at a time; moments that pass meanwhile are skipped. */
export async function runSynthetics(deps: RunDeps, signal: AbortSignal): Promise<never> {
  const { schedule, now } = deps;
  const timing = new Dice(randomBytes(32));
  const sender = new Sender(deps);
  let last: number | null = null;
  for (;;) {
    const moment = nextMoment(schedule, last, now(), timing);
    await sleep(Math.max(0, moment - now()), undefined, { signal });
    last = now();
    try {
      await sender.sendOne(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError)) throw error;
      deps.report.failed(error);
    }
  }
}

/** Makes requests, each by a seed of its own, from a list of chutes that is kept while it cannot be renewed. */
export class Sender {
  readonly #deps: RunDeps;
  #chutes: readonly Chute[] | null = null;
  #listedMs = 0;

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  /** One request from choice to record. @throws CodedError */
  async sendOne(signal: AbortSignal, seed: Uint8Array = randomBytes(32)): Promise<Probed> {
    const { choice, keys, show, store, report, now, fetch, limits, blindShare } = this.#deps;
    const dice = new Dice(seed);
    const request = drawRequest({ ...choice, chutes: await this.#list(signal) }, dice);
    const isTraced = !dice.chance(blindShare);
    const apiKey = keys.next(now());
    const options = { fetch, apiKey, isTraced, limits, now };
    const listener = show.listener(request.type);
    const probed = await probeOnce(request, options, store, listener, signal);
    const { sent } = probed;
    if (sent.kind === "refused" && RESTS.includes(sent.status)) keys.rest(apiKey, now() + REST_MS);
    report.probed(probed);
    await show.finish(probed, fileName(request.type, now(), seed), signal);
    return probed;
  }

  async #list(signal: AbortSignal): Promise<readonly Chute[]> {
    const { fetch, url, now, report } = this.#deps;
    if (this.#chutes !== null && now() < this.#listedMs + LIST_MS) return this.#chutes;
    try {
      const { chutes } = await fetchChutes(fetch, url, signal);
      this.#chutes = chutes;
      this.#listedMs = now();
    } catch (error) {
      if (this.#chutes === null || !(error instanceof CodedError)) throw error;
      report.failed(error);
    }
    return this.#chutes;
  }
}

/** Refusals that are about the key: unknown, unpaid, not allowed, too often. */
const RESTS: readonly number[] = [401, 402, 403, 429];

function fileName(type: string, nowMs: number, seed: Uint8Array): string {
  const time = new Date(nowMs).toISOString().replace(/[:.]/g, "-");
  return `${time}-${type}-${Buffer.from(seed.subarray(0, 4)).toString("hex")}`;
}
