import type { Pallet } from "../../frame/pallet.ts";
import { bondsResetToggled, consensusCalls, yuma3EnableToggled } from "./consensus.ts";
import { ADMIN_UTILS, adminErrors } from "./errors.ts";
import { globalCalls } from "./global.ts";
import { mechanismCalls } from "./mechanisms.ts";
import { networkCalls } from "./network.ts";
import { registrationCalls } from "./registration.ts";
import { uidsCalls } from "./uids.ts";
import { weightsCalls } from "./weights.ts";

/** Pallet `AdminUtils`: the parameters of subnets and of the chain. */
export const adminUtilsPallet: Pallet = {
  ...ADMIN_UTILS,
  storage: [],
  calls: [
    ...globalCalls,
    ...networkCalls,
    ...registrationCalls,
    ...uidsCalls,
    ...weightsCalls,
    ...consensusCalls,
    ...mechanismCalls,
  ],
  events: [yuma3EnableToggled.def, bondsResetToggled.def],
  errors: Object.values(adminErrors),
  constants: [],
};
