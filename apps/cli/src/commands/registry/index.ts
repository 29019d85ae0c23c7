import type { Action } from "../../action.ts";
import { checkRegistry } from "./check.ts";
import { readRegistry } from "./read.ts";
import { registerEndpoint } from "./register.ts";

/** The commands of `neurond registry`. */
export const registryActions: readonly Action[] = [registerEndpoint, readRegistry, checkRegistry];
