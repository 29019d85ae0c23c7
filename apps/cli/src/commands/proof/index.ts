import type { Action } from "../../action.ts";
import { checkProof } from "./check.ts";

/** The commands of `neurond proof`. */
export const proofActions: readonly Action[] = [checkProof];
