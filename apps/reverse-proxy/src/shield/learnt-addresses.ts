import { z } from "zod";

/** Validators are hundreds; each may come from several addresses. */
const MAX_ADDRESSES = 10_000;

const Learnt = z.strictObject({
  v: z.literal(1),
  addresses: z.array(z.strictObject({ address: z.string().max(64), provenMs: z.int().min(0) })),
});

/**
 * Addresses from which callers proved their keys, for days: who calls seldom must not be a stranger each
 * time. The longest unproven are forgotten first.
 */
export class LearntAddresses {
  readonly #keepMs: number;
  /** Address or network to when it was proven last, Unix milliseconds; the oldest first. */
  readonly #proven = new Map<string, number>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  learn(address: string, provenMs: number): void {
    this.#proven.delete(address);
    this.#proven.set(address, provenMs);
    if (this.#proven.size <= MAX_ADDRESSES) return;
    for (const oldest of this.#proven.keys()) {
      this.#proven.delete(oldest);
      return;
    }
  }

  /** Those that are still remembered, with when they are forgotten. */
  list(now: number): readonly { readonly address: string; readonly untilMs: number }[] {
    for (const [address, provenMs] of this.#proven)
      if (provenMs + this.#keepMs <= now) this.#proven.delete(address);
    return [...this.#proven].map(([address, provenMs]) => ({
      address,
      untilMs: provenMs + this.#keepMs,
    }));
  }

  encode(): string {
    const addresses = [...this.#proven].map(([address, provenMs]) => ({ address, provenMs }));
    return `${JSON.stringify({ v: 1, addresses } satisfies z.input<typeof Learnt>)}\n`;
  }

  /** Takes what `encode` wrote; text that is anything else teaches nothing. */
  decode(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    const { addresses = [] } = Learnt.safeParse(value).data ?? {};
    for (const { address, provenMs } of addresses) this.learn(address, provenMs);
  }
}
