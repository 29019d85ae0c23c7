import { setInterval as every } from "node:timers/promises";
import { isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";

/** Addresses told apart in one minute; the rest is counted together. */
const MAX_ADDRESSES = 1_000;
const OTHERS = "others";

/**
 * Refused callers in the log: of each address the first of a minute at once, the others as one line
 * when the minute is over. Strangers knock all day, and a line for each would hide what matters.
 */
export class RefusalLog {
  readonly #log: Logger;
  readonly #codes = new Map<string, Map<string, number>>();

  constructor(log: Logger) {
    this.#log = log;
  }

  refused(ip: string, code: string, fields: Readonly<Record<string, unknown>>): void {
    const known = this.#codes.get(ip);
    if (known === undefined && this.#codes.size < MAX_ADDRESSES) {
      this.#codes.set(ip, new Map());
      this.#log.warn({ ip, ...fields, authCode: code }, "caller refused");
      return;
    }
    const place = known ?? this.#codes.get(OTHERS) ?? new Map<string, number>();
    if (known === undefined) this.#codes.set(OTHERS, place);
    place.set(code, (place.get(code) ?? 0) + 1);
  }

  /** Tells of what was counted since the last time. */
  flush(): void {
    for (const [ip, codes] of this.#codes) {
      if (codes.size === 0) continue;
      const refused = [...codes.values()].reduce((sum, count) => sum + count, 0);
      this.#log.warn({ ip, refused, codes: Object.fromEntries(codes) }, "more callers refused");
    }
    this.#codes.clear();
  }
}

const TOLD_MS = 60_000;

/** Tells of refusals each minute, until the signal fires. */
export async function tellRefusals(refusals: RefusalLog, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of every(TOLD_MS, undefined, { signal })) refusals.flush();
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}
