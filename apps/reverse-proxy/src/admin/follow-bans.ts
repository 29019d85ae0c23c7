import { setInterval as every } from "node:timers/promises";
import { isAbort, isCoded } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { BanList } from "./ban-list.ts";

/** So long may another process still let in who was banned here. */
const FOLLOW_MS = 1_000;

/** Takes over what other processes ban, until the signal fires; while Redis is gone, what is known holds. */
export async function followBans(bans: BanList, log: Logger, signal: AbortSignal): Promise<void> {
  let isOut = false;
  try {
    for await (const _ of every(FOLLOW_MS, undefined, { signal })) {
      const error = await failureOf(bans.refresh());
      if (error !== undefined && !isOut) log.warn({ error }, "bans of others not read");
      isOut = error !== undefined;
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}

async function failureOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return error;
  }
}
