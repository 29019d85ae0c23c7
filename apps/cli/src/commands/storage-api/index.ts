import type { Action } from "../../action.ts";
import { addKey, listKeys, removeKey } from "./keys.ts";

/** Subcommands of `neurond storage-api`. */
export const storageApiActions: readonly Action[] = [addKey, listKeys, removeKey];
