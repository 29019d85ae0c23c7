import type { Action } from "../../action.ts";
import { setCommitment } from "./set.ts";
import { showCommitments } from "./show.ts";

/** The commands of `neurond commitments`. */
export const commitmentsActions: readonly Action[] = [showCommitments, setCommitment];
