import { setTimeout as sleep } from "node:timers/promises";
import type { SubnetView } from "@neurond/admission";
import type { Metagraph } from "@neurond/chain";
import { type Hotkey, isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { RequestLog } from "./request-log.ts";

/** What saying that the miner is there takes. */
export interface PresenceDeps {
  readonly hotkey: Hotkey;
  readonly view: SubnetView<Metagraph>;
  readonly requests: RequestLog | null;
  readonly block: () => number;
  readonly log: Logger;
}

/** Says every so many seconds that the miner is there, and writes down who asked meanwhile. */
export async function followPresence(
  { hotkey, view, requests, block, log }: PresenceDeps,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await sleep(seconds * 1_000, undefined, { signal });
      const neuron = view.current()?.byHotkey.get(hotkey);
      log.info(
        { block: block(), stake: neuron?.totalStake, incentive: neuron?.incentive },
        "present",
      );
      await requests?.save().catch((error: unknown) => log.warn({ error }, "requests not written"));
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await requests?.save().catch(() => undefined);
  }
}
