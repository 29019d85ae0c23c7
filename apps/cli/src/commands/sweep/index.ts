import type { Action } from "../../action.ts";
import { burn } from "./burn.ts";

/** The commands of `neurond sweep`. */
export const sweepActions: readonly Action[] = [burn];
