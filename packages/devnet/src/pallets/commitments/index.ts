import { constant, type Pallet } from "../../frame/pallet.ts";
import { u32, u64 } from "../../scale/primitives.ts";
import { commitmentsCalls } from "./calls.ts";
import { commitmentsErrors, commitmentsEvents } from "./events.ts";
import { COMMITMENTS } from "./pallet.ts";
import { revealCommitments } from "./reveal.ts";
import { commitmentsStorage } from "./storage.ts";
import { MAX_FIELDS } from "./types.ts";

/** Pallet `Commitments`: what hotkeys say about themselves, at once or from a drand round on. */
export const commitmentsPallet: Pallet = {
  ...COMMITMENTS,
  storage: commitmentsStorage,
  calls: commitmentsCalls,
  events: Object.values(commitmentsEvents).map(({ def }) => def),
  errors: Object.values(commitmentsErrors),
  constants: [
    constant("MaxFields", u32, MAX_FIELDS),
    constant("InitialDeposit", u64, 0n),
    constant("FieldDeposit", u64, 0n),
  ],
  onInitialize: revealCommitments,
};
