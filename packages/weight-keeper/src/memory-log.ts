import type { Mecid } from "@neurond/primitives";
import type { WeightsAttempt } from "@neurond/store";
import type { WeightsLog } from "./weights-log.ts";

/** A history that ends with its process: for one attempt by hand, and for tests. */
export class MemoryWeightsLog implements WeightsLog {
  readonly #attempts: WeightsAttempt[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async intend(
    { runId, mecid }: Parameters<WeightsLog["intend"]>[0],
    mode: WeightsAttempt["mode"],
    vector: WeightsAttempt["vector"],
  ): Promise<number> {
    const earlier = this.#attempts.filter((one) => one.runId === runId && one.mecid === mecid);
    const attempt = earlier.length + 1;
    this.#attempts.push({
      runId,
      mecid,
      attempt,
      mode,
      vector,
      state: "intended",
      block: null,
      extrinsicHash: null,
      detail: null,
      intendedMs: this.#now(),
    });
    return attempt;
  }

  async settle(
    { runId, mecid, attempt }: Parameters<WeightsLog["settle"]>[0],
    result: Parameters<WeightsLog["settle"]>[1],
  ): Promise<void> {
    const at = this.#attempts.findIndex(
      (one) => one.runId === runId && one.mecid === mecid && one.attempt === attempt,
    );
    const known = this.#attempts[at];
    if (known === undefined) throw new Error(`attempt ${attempt} for ${runId} was never intended`);
    this.#attempts[at] = { ...known, ...result };
  }

  async latest(mecid: Mecid): Promise<WeightsAttempt | null> {
    return this.#attempts.findLast((one) => one.mecid === mecid) ?? null;
  }
}
