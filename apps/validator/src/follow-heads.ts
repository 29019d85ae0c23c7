import type { Chain } from "@neurond/chain";
import type { BlockNumber } from "@neurond/primitives";
import { forLatest } from "@neurond/runtime";
import { attempt, probePass, settlePass } from "./pass.ts";
import { RunGate } from "./run-gate.ts";
import type { Validator } from "./validator.ts";

/** Whoever else wants to know of heads. */
export interface HeadHooks {
  /** Hears of every head before the runs do; what it throws ends both loops. */
  onHead(head: BlockNumber): void;
  /** Called with every head, and tried again when it fails. */
  announce(signal: AbortSignal): Promise<void>;
}

/**
 * Two loops over the heads of the chain, so that slow miners hold up neither commitments nor
 * weights: one puts tasks, the other does everything else. Each does one pass at a time and skips
 * heads when late. What ends one ends both.
 */
export async function followHeads(
  validator: Validator,
  hooks: HeadHooks,
  signal: AbortSignal,
): Promise<void> {
  const gate = new RunGate();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const follow = async (pass: (head: BlockNumber) => Promise<void>) => {
    try {
      await forLatest(heads(validator.chain, both), pass, both);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const settling = follow(async (head) => {
    validator.metrics.head.set(head);
    hooks.onHead(head);
    await attempt(validator, "announce", both, () => hooks.announce(both));
    await attempt(validator, "pass", both, () => settlePass(validator, gate, head, both));
  });
  const probing = follow((head) =>
    attempt(validator, "probing", both, () => probePass(validator, gate, head, both)),
  );
  const ends = await Promise.allSettled([settling, probing]);
  if (signal.aborted) return;
  // The first to fail aborted the other, with its own error as the reason.
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Heights of the head there is and of every new one. */
async function* heads(chain: Chain, signal: AbortSignal): AsyncGenerator<BlockNumber> {
  for await (const { number } of chain.watchHeads({ signal })) yield number;
}
