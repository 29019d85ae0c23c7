import { setTimeout as sleep } from "node:timers/promises";
import { attempt } from "./pass.ts";
import type { Validator } from "./validator.ts";

/** What is done again and again. */
export interface Repeated {
  /** Its name in log and metrics. */
  readonly step: string;
  /** From the end of one time to the next. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Does something until the signal fires; what a peer or the chain makes fail is tried again next time. */
export async function repeat(
  validator: Validator,
  { step, everyMs, signal }: Repeated,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    await attempt(validator, step, signal, async () => void (await work())).catch((error) => {
      if (!signal.aborted) throw error;
    });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
