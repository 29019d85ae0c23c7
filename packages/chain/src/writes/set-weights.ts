import { toMecid } from "@neurond/primitives";
import type { Call } from "../chain.ts";
import { asList, asNumber } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readWeightsRow } from "../reads/weights.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import type { Weight, WeightsVector } from "../weights.ts";
import { checkRow, checkStanding, weightsBlocksLeft } from "./check-weights.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

/** Sets a weights row in the open; for subnets without commit-reveal. */
export function setWeights(
  context: ChainContext,
  signer: Signer,
  row: WeightsVector,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkSetWeights(state, signer, row), options);
}

/** The checks and the call of a plain row. */
export async function checkSetWeights(
  state: State,
  signer: Signer,
  row: WeightsVector,
): Promise<Preflight> {
  const standing = await checkStanding(state, signer, row);
  if ("code" in standing) return { kind: "rejected", error: standing };
  if (standing.commitReveal) {
    return { kind: "rejected", error: refusedByState("CommitRevealEnabled") };
  }
  const refused = await checkRow(state, standing, row);
  if (refused !== undefined) return { kind: "rejected", error: refused };
  if (standing.blocksLeft > 0) return { kind: "tooSoon", blocks: standing.blocksLeft };
  const { uid, index } = standing;
  return {
    kind: "ready",
    plan: {
      call: setWeightsCall(row),
      confirm: async (after, block) => {
        const [stored, updates] = await Promise.all([
          readWeightsRow(after, index, uid),
          after.get("SubtensorModule", "LastUpdate", index),
        ]);
        return sameUids(stored, row.weights) && asNumber(asList(updates)[uid] ?? 0) === block;
      },
      blocksLeft: (now) => weightsBlocksLeft(now, row.netuid, index, uid),
    },
  };
}

/** Mechanism 0 keeps the old call, which every runtime has. */
function setWeightsCall({
  netuid,
  mecid = toMecid(0),
  weights,
  versionKey = 0n,
}: WeightsVector): Call {
  const row = {
    dests: weights.map(({ uid }) => uid),
    weights: weights.map(({ value }) => value),
    version_key: versionKey,
  };
  return mecid === 0
    ? { pallet: "SubtensorModule", name: "set_weights", args: { netuid, ...row } }
    : { pallet: "SubtensorModule", name: "set_mechanism_weights", args: { netuid, mecid, ...row } };
}

/** The chain scales the values up, so a stored row is known by its uids and their order. */
export function sameUids(stored: readonly Weight[], sent: readonly Weight[]): boolean {
  return stored.length === sent.length && stored.every(({ uid }, i) => uid === sent[i]?.uid);
}
