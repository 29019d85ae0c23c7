import type { Action } from "../../action.ts";
import { getStored } from "./get.ts";
import { listStored } from "./list.ts";
import { putStored } from "./put.ts";

/** The commands of `neurond store`. */
export const storeActions: readonly Action[] = [putStored, getStored, listStored];
