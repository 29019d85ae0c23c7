import type { Action } from "../../action.ts";
import { getRetrieved } from "./get.ts";
import { listRetrieved } from "./list.ts";

/** The commands of `neurond retrieve`. */
export const retrieveActions: readonly Action[] = [getRetrieved, listRetrieved];
