import type { Action } from "../../action.ts";
import { acceptShared } from "./accept.ts";
import { sharingAddress } from "./address.ts";
import { entrustStored, withdrawStored } from "./entrust.ts";
import { getStored } from "./get.ts";
import { listStored } from "./list.ts";
import { putStored } from "./put.ts";
import { renewStored } from "./renew.ts";
import { removeStored } from "./rm.ts";
import { shareStored, unshareStored } from "./share.ts";
import { statStored } from "./stat.ts";

/** The commands of `neurond store`. */
export const storeActions: readonly Action[] = [
  putStored,
  getStored,
  listStored,
  statStored,
  renewStored,
  removeStored,
  entrustStored,
  withdrawStored,
  sharingAddress,
  shareStored,
  unshareStored,
  acceptShared,
];
