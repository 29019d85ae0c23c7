import { type CallContext, ensure, ensureRoot, signer } from "../../frame/dispatch.ts";
import { freeCall } from "../../frame/pallet.ts";
import { u16, u32 } from "../../scale/primitives.ts";
import { resetBonds } from "../subtensor/reset-bonds.ts";
import { Uids } from "../subtensor/storage/neurons.ts";
import { commitmentsErrors, commitmentsEvents } from "./events.ts";
import { useSpace } from "./space.ts";
import { CommitmentOf, LastBondsReset, LastCommitment, MaxSpace } from "./storage.ts";
import { indexTimelocked, isTimelocked } from "./timelocked-index.ts";
import { commitmentInfo, type Data, MAX_FIELDS } from "./types.ts";

/** Publishes a hotkey's record on a subnet, in place of the one before. */
function setCommitment(context: CallContext, netuid: number, fields: Data[]): void {
  const { state, block } = context;
  const who = signer(context);
  const { AccountNotAllowedCommit, TooManyFieldsInCommitmentInfo } = commitmentsErrors;
  ensure(Uids.has(state, netuid, who), AccountNotAllowedCommit);
  ensure(fields.length <= MAX_FIELDS, TooManyFieldsInCommitmentInfo);
  if (fields.some(({ tag }) => tag === "ResetBondsFlag")) {
    LastBondsReset.set(state, [netuid, who], block);
    resetBonds(state, netuid, who);
  }
  useSpace(context, netuid, who, fields);

  CommitmentOf.set(state, [netuid, who], { deposit: 0n, block, info: { fields } });
  LastCommitment.set(state, [netuid, who], block);
  const timelocked = fields.find(isTimelocked);
  indexTimelocked(state, netuid, who, timelocked !== undefined);
  context.emit(
    timelocked
      ? commitmentsEvents.TimelockCommitment({
          netuid,
          who,
          reveal_round: timelocked.value.reveal_round,
        })
      : commitmentsEvents.Commitment({ netuid, who }),
  );
}

export const commitmentsCalls = [
  freeCall(0, "set_commitment", { netuid: u16, info: commitmentInfo }, (context, args) =>
    setCommitment(context, args.netuid, args.info.fields),
  ),
  freeCall(2, "set_max_space", { new_limit: u32 }, (context, { new_limit }) => {
    ensureRoot(context);
    MaxSpace.set(context.state, [], new_limit);
  }),
];
