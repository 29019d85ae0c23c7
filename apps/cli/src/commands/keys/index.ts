import type { Action } from "../../action.ts";
import { listKeys } from "./list.ts";
import { newKey } from "./new.ts";
import { showKeys } from "./show.ts";
import { signMessage } from "./sign.ts";
import { verifyMessage } from "./verify.ts";

/** The commands of `neurond keys`. */
export const keysActions: readonly Action[] = [
  listKeys,
  showKeys,
  newKey,
  signMessage,
  verifyMessage,
];
