import { type DrandKey, roundRandomness, signRound } from "@neurond/crypto";
import { drandRoundAt } from "@neurond/primitives";
import type { BlockContext } from "../../frame/dispatch.ts";
import type { StateReader } from "../../state/state.ts";
import { CommitmentOf, TimelockedIndex } from "../commitments/storage.ts";
import { isTimelocked } from "../commitments/timelocked-index.ts";
import { TimelockedWeightCommits } from "../subtensor/storage/weights.ts";
import { now } from "../timestamp.ts";
import { keepPulses } from "./keep.ts";
import { BeaconConfig, LastStoredRound, Pulses } from "./storage.ts";
import type { BeaconConfiguration, Pulse } from "./types.ts";

/** As many as a node fetches at a time: signing costs a millisecond or two each. */
const MAX_PER_BLOCK = 50;
/**
 * The newest round is published when the last one is a minute old, in rounds: nobody waits for it,
 * and its signature alone would take ten times as long as the rest of an empty block.
 */
const NEWEST_EVERY = 20n;

/** The beacon configuration of a chain that plays drand itself. */
export const localBeaconConfig = (publicKey: Uint8Array): BeaconConfiguration => ({
  ...BeaconConfig.missing,
  public_key: publicKey,
});

/**
 * Publishes, in place of drand, every due round that somebody waits for and now and then the newest.
 * The rounds between are left out: a chain may have gaps, and nobody would read them.
 */
export function publishPulses(context: BlockContext, { secret }: DrandKey): void {
  const { state } = context;
  const { genesis_time, period } = BeaconConfig.get(state);
  const clock = { genesisSeconds: genesis_time, periodSeconds: period };
  const newest = BigInt(drandRoundAt(Number(now.get(state)) / 1000, clock));
  const isStale = newest - LastStoredRound.get(state) >= NEWEST_EVERY;
  const due = [...awaitedRounds(state), ...(isStale ? [newest] : [])]
    .filter((round) => round > 0n && round <= newest && !Pulses.has(state, round))
    .sort((a, b) => (a < b ? -1 : 1));
  const rounds = [...new Set(due)].slice(0, MAX_PER_BLOCK);
  if (rounds.length === 0) return;
  keepPulses(
    context,
    rounds.map((round): Pulse => {
      const signature = signRound(secret, round);
      return { round, signature, randomness: roundRandomness(signature) };
    }),
  );
}

/** The rounds of everything encrypted that is on chain; a round may occur more than once. */
function* awaitedRounds(state: StateReader): Generator<bigint> {
  for (const [, commits] of TimelockedWeightCommits.entries(state))
    for (const [, , , round] of commits) yield round;
  for (const [netuid, who] of TimelockedIndex.get(state)) {
    const fields = CommitmentOf.get(state, netuid, who)?.info.fields ?? [];
    for (const field of fields.filter(isTimelocked)) yield field.value.reveal_round;
  }
}
