import type { BlockContext } from "../../frame/dispatch.ts";
import { drandEvents } from "./events.ts";
import { LastStoredRound, NextUnsignedAt, OldestStoredRound, Pulses } from "./storage.ts";
import type { Pulse } from "./types.ts";

/** About a week of rounds. */
const MAX_KEPT = 216_000n;
/** Bounds the work of one block. */
const MAX_REMOVED = 100n;

/** Stores pulses that were verified, in order of round, forgets the oldest and says what came in. */
export function keepPulses(context: BlockContext, pulses: readonly Pulse[]): void {
  const { state, block } = context;
  for (const pulse of pulses) Pulses.set(state, [pulse.round], pulse);
  const first = pulses[0];
  const last = pulses.at(-1);
  if (first && last) {
    if (last.round > LastStoredRound.get(state)) LastStoredRound.set(state, [], last.round);
    if (OldestStoredRound.get(state) === 0n) OldestStoredRound.set(state, [], first.round);
    forgetOldest(context);
    context.emit(drandEvents.NewPulse({ rounds: pulses.map(({ round }) => round) }));
  }
  NextUnsignedAt.set(state, [], block);
}

function forgetOldest({ state }: BlockContext): void {
  const oldest = OldestStoredRound.get(state);
  const surplus = LastStoredRound.get(state) - oldest + 1n - MAX_KEPT;
  if (surplus <= 0n) return;
  const next = oldest + (surplus < MAX_REMOVED ? surplus : MAX_REMOVED);
  for (let round = oldest; round < next; round++) Pulses.remove(state, round);
  OldestStoredRound.set(state, [], next);
}
