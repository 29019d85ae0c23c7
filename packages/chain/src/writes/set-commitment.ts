import { hotkeyOf, type Netuid } from "@neurond/primitives";
import type { CommitmentField } from "../commitment.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { fieldArgument, spaceOf } from "../reads/commitment-fields.ts";
import { readCommitment } from "../reads/commitments.ts";
import { readRegistration } from "../reads/registration.ts";
import { subnetExists } from "../reads/subnets.ts";
import { readWindows } from "../reads/windows.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

const MAX_FIELDS = 3;
/** What even the shortest commitment takes from the space of an epoch. */
const MIN_SPACE = 100;

/** A commitment about to be made. */
export interface CommitmentInput {
  readonly netuid: Netuid;
  readonly fields: readonly CommitmentField[];
}

/** Replaces the hotkey's commitment on a subnet; signed by the hotkey. */
export function setCommitment(
  context: ChainContext,
  signer: Signer,
  input: CommitmentInput,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkCommitment(state, signer, input), options);
}

async function checkCommitment(
  state: State,
  signer: Signer,
  { netuid, fields }: CommitmentInput,
): Promise<Preflight> {
  const id = { netuid, hotkey: hotkeyOf(signer.publicKey) };
  if (!(await subnetExists(state, netuid))) {
    return { kind: "rejected", error: refusedByState("SubnetNotExists") };
  }
  if ((await readRegistration(state, id)).kind === "unregistered") {
    return { kind: "rejected", error: refusedByState("AccountNotAllowedCommit") };
  }
  if (fields.length > MAX_FIELDS) {
    return { kind: "rejected", error: refusedByState("TooManyFieldsInCommitmentInfo") };
  }
  const { commitmentBytesLeft, commitmentResetsAt } = await readWindows(state, id);
  const needed = Math.max(
    MIN_SPACE,
    fields.reduce((sum, field) => sum + spaceOf(field), 0),
  );
  if (needed > commitmentBytesLeft) {
    return { kind: "tooSoon", blocks: Math.max(1, commitmentResetsAt - (state.block.number + 1)) };
  }
  const args = { netuid, info: { fields: fields.map(fieldArgument) } };
  return {
    kind: "ready",
    plan: {
      call: { pallet: "Commitments", name: "set_commitment", args },
      confirm: async (after, block) => (await readCommitment(after, id))?.block === block,
    },
  };
}
