import type { Action } from "../../action.ts";
import { revealWeights } from "./reveal.ts";
import { setWeights } from "./set.ts";
import { showWeights } from "./show.ts";

/** The commands of `neurond weights`. */
export const weightsActions: readonly Action[] = [showWeights, setWeights, revealWeights];
