import type { Pallet } from "../../frame/pallet.ts";
import { blockStep } from "./block/step.ts";
import { childrenCalls } from "./children.ts";
import { subtensorConstants } from "./constants.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { hotkeyCalls } from "./hotkeys.ts";
import { identityCalls } from "./identity.ts";
import { networkCalls } from "./networks.ts";
import { SUBTENSOR } from "./pallet.ts";
import { registrationCalls } from "./registration.ts";
import { rootRegistrationCalls } from "./root-registration.ts";
import { servingCalls } from "./serving.ts";
import { stakingCalls } from "./staking-calls.ts";
import { subtensorStorage } from "./storage/index.ts";
import { takeCalls } from "./take.ts";
import { tempoCalls } from "./tempo.ts";
import { weightsCalls } from "./weights/index.ts";

/** Pallet `SubtensorModule`. Its guards stand in `guards/guard.ts`: the executive asks them. */
export const subtensorPallet: Pallet = {
  ...SUBTENSOR,
  storage: subtensorStorage,
  calls: [
    ...weightsCalls,
    ...registrationCalls,
    ...rootRegistrationCalls,
    ...networkCalls,
    ...servingCalls,
    ...stakingCalls,
    ...takeCalls,
    ...childrenCalls,
    ...hotkeyCalls,
    ...identityCalls,
    ...tempoCalls,
  ],
  events: Object.values(events).map(({ def }) => def),
  errors: Object.values(errors),
  constants: subtensorConstants,
  onInitialize: blockStep,
};
