import { decodeEntry } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import { TokenTask } from "@neurond/workload-storage/token";
import { z } from "zod";

/** The last token that a log shows to be asked of a shard: its number, the entry's place, and the run. */
const Asked = z.tuple([z.int().min(1), z.int().min(0), z.int().min(0)]);

/** Of each shard, by the root over its tokens, the last one that was asked. */
export const AskedTokens = z.record(z.string(), Asked);
export type AskedTokens = Readonly<z.infer<typeof AskedTokens>>;

/** A token that was not the next. */
export interface TokenFault {
  /** Whether it, or a later one, had been asked; else one before it was left out. */
  readonly kind: "reused" | "skipped";
  readonly miner: Hotkey;
  readonly number: number;
  readonly index: number;
  /** The entry with the last one before; null when it was the first. */
  readonly earlier: number | null;
}

/** Whether numbers of tokens ascend by one: what is asked after `last`, in another run. */
export function tokenFaultOf(
  last: { readonly number: number; readonly run: number } | null,
  next: { readonly number: number; readonly run: number },
): TokenFault["kind"] | null {
  if (last === null) return next.number === 1 ? null : "skipped";
  // A task is recorded again when what it came to is known.
  if (next.run === last.run && next.number === last.number) return null;
  if (next.number <= last.number) return "reused";
  return next.number === last.number + 1 ? null : "skipped";
}

/** Which tokens a log shows to be asked, entry after entry. */
export class TokensAsked {
  readonly #asked: Map<string, z.infer<typeof Asked>>;
  readonly faults: TokenFault[] = [];

  constructor(known: AskedTokens = {}) {
    this.#asked = new Map(Object.entries(known));
  }

  /** What to go on from another time. */
  get asked(): z.infer<typeof AskedTokens> {
    return Object.fromEntries(this.#asked);
  }

  /** Takes in the entry at a place of the log; those before it were taken in before. */
  take(index: number, text: string): void {
    if (!text.includes("seed_commit")) return;
    const entry = decodeEntry(text);
    const task = entry?.kind === "observation" ? TokenTask.safeParse(entry.task).data : undefined;
    const tokens = task?.receipt.receipt.tokens;
    if (task === undefined || tokens === undefined) return;
    const { number, run, miner } = task;
    const known = this.#asked.get(tokens.root);
    const last = known === undefined ? null : { number: known[0], run: known[2] };
    const kind = tokenFaultOf(last, { number, run });
    if (kind !== null)
      this.faults.push({ kind, miner, number, index, earlier: known?.[1] ?? null });
    if (kind !== "reused") this.#asked.set(tokens.root, [number, index, run]);
  }
}
