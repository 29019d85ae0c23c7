import type { Action } from "../../action.ts";
import { showBlock } from "./block.ts";
import { showHyperparameters } from "./hyperparameters.ts";
import { showMetagraph } from "./metagraph.ts";
import { showStatus } from "./status.ts";

/** The commands of `neurond chain`. */
export const chainActions: readonly Action[] = [
  showStatus,
  showMetagraph,
  showHyperparameters,
  showBlock,
];
