import type { Action } from "../../action.ts";
import { serveAxon } from "./serve.ts";
import { showAxon } from "./show.ts";

/** The commands of `neurond axon`. */
export const axonActions: readonly Action[] = [serveAxon, showAxon];
