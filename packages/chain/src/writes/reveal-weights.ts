import { epochAt, nextEpochBlock, toHex } from "@neurond/primitives";
import type { Call } from "../chain.ts";
import { asNumber } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readEpochSchedule } from "../reads/epoch-schedule.ts";
import { readPendingCommits } from "../reads/pending-commits.ts";
import { readWeightsRow } from "../reads/weights.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import type { PendingCommit, RevealableWeights } from "../weights.ts";
import { checkRow, checkStanding } from "./check-weights.ts";
import { hashOf } from "./commit-weights.ts";
import { refusedByState } from "./refusal.ts";
import { sameUids } from "./set-weights.ts";
import { type Preflight, submit } from "./submit.ts";
import { weightsCall } from "./weights-call.ts";

/** Reveals a committed row; possible in exactly one epoch. */
export function revealWeights(
  context: ChainContext,
  signer: Signer,
  row: RevealableWeights,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkReveal(state, signer, row), options);
}

async function checkReveal(
  state: State,
  signer: Signer,
  row: RevealableWeights,
): Promise<Preflight> {
  const standing = await checkStanding(state, signer, row, { openly: false });
  if ("code" in standing) return { kind: "rejected", error: standing };
  const { hotkey, index, uid } = standing;
  const hash = toHex(hashOf(signer, row));
  const pending = await readPendingCommits(state, { ...row, hotkey });
  const commit = pending.find((item) => item.kind === "hash" && item.hash === hash);
  if (commit === undefined) {
    return { kind: "rejected", error: refusedByState("NoWeightsCommitFound") };
  }
  const wait = await blocksToReveal(state, row, commit);
  if (wait === "expired") return { kind: "rejected", error: refusedByState("ExpiredWeightCommit") };
  if (wait > 0) return { kind: "tooSoon", blocks: wait };
  const refused = await checkRow(state, standing, row);
  if (refused !== undefined) return { kind: "rejected", error: refused };
  return {
    kind: "ready",
    plan: {
      call: revealCall(row),
      confirm: async (after) => {
        const [stored, left] = await Promise.all([
          readWeightsRow(after, index, uid),
          readPendingCommits(after, { ...row, hotkey }),
        ]);
        return sameUids(stored, row.weights) && !left.some((item) => item.hash === hash);
      },
    },
  };
}

/** Blocks until the next block lies in the commit's reveal epoch. */
async function blocksToReveal(
  state: State,
  { netuid }: RevealableWeights,
  commit: PendingCommit,
): Promise<number | "expired"> {
  // Before 2026 the epoch cannot be told from state: let the chain judge.
  if (!state.has("SubtensorModule", "SubnetEpochIndex")) return 0;
  const schedule = await readEpochSchedule(state, netuid);
  const period = asNumber((await state.find("SubtensorModule", "RevealPeriodEpochs", netuid)) ?? 1);
  const next = state.block.number + 1;
  const epochsLeft = Number(commit.epoch) + period - epochAt(schedule, next);
  if (epochsLeft < 0) return "expired";
  if (epochsLeft === 0) return 0;
  const boundary = Math.max(next, nextEpochBlock(schedule) ?? next);
  const first = epochAt(schedule, next) > schedule.epochIndex ? next + schedule.tempo : boundary;
  return first + (epochsLeft - 1) * schedule.tempo - next;
}

function revealCall(row: RevealableWeights): Call {
  const { weights, salt, versionKey = 0n } = row;
  return weightsCall("reveal", row, {
    uids: weights.map(({ uid }) => uid),
    values: weights.map(({ value }) => value),
    salt,
    version_key: versionKey,
  });
}
