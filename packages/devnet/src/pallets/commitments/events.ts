import { eventsOf } from "../../frame/event.ts";
import { errorsOf } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { u16, u64 } from "../../scale/primitives.ts";
import { COMMITMENTS } from "./pallet.ts";

const { named } = eventsOf(COMMITMENTS);
const error = errorsOf(COMMITMENTS);

export const commitmentsEvents = {
  Commitment: named(0, "Commitment", { netuid: u16, who: accountId }),
  TimelockCommitment: named(1, "TimelockCommitment", {
    netuid: u16,
    who: accountId,
    reveal_round: u64,
  }),
  CommitmentRevealed: named(2, "CommitmentRevealed", { netuid: u16, who: accountId }),
};

export const commitmentsErrors = {
  TooManyFieldsInCommitmentInfo: error(0, "TooManyFieldsInCommitmentInfo"),
  AccountNotAllowedCommit: error(1, "AccountNotAllowedCommit"),
  SpaceLimitExceeded: error(2, "SpaceLimitExceeded"),
  UnexpectedUnreserveLeftover: error(3, "UnexpectedUnreserveLeftover"),
};
