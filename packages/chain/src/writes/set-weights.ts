import { asList, asNumber } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readWeightsRow } from "../reads/weights.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import type { Weight, WeightsVector } from "../weights.ts";
import { checkRow, checkStanding, weightsBlocksLeft } from "./check-weights.ts";
import { type Preflight, submit } from "./submit.ts";
import { weightsCall } from "./weights-call.ts";

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
  const standing = await checkStanding(state, signer, row, { openly: true });
  if ("code" in standing) return { kind: "rejected", error: standing };
  const refused = await checkRow(state, standing, row);
  if (refused !== undefined) return { kind: "rejected", error: refused };
  if (standing.blocksLeft > 0) return { kind: "tooSoon", blocks: standing.blocksLeft };
  const { uid, index } = standing;
  return {
    kind: "ready",
    plan: {
      call: weightsCall("set", row, {
        dests: row.weights.map(({ uid }) => uid),
        weights: row.weights.map(({ value }) => value),
        version_key: row.versionKey ?? 0n,
      }),
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

/** The chain scales the values up, so a stored row is known by its uids and their order. */
export function sameUids(stored: readonly Weight[], sent: readonly Weight[]): boolean {
  return stored.length === sent.length && stored.every(({ uid }, i) => uid === sent[i]?.uid);
}
