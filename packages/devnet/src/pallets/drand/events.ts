import { eventsOf } from "../../frame/event.ts";
import { errorsOf } from "../../frame/pallet.ts";
import { vec } from "../../scale/compose.ts";
import { u64 } from "../../scale/primitives.ts";
import { DRAND } from "./pallet.ts";

const { plain, named } = eventsOf(DRAND);
const error = errorsOf(DRAND);

export const drandEvents = {
  BeaconConfigChanged: plain(0, "BeaconConfigChanged"),
  NewPulse: named(1, "NewPulse", { rounds: vec(u64) }),
  SetOldestStoredRound: plain(2, "SetOldestStoredRound", u64),
};

export const drandErrors = {
  NoneValue: error(0, "NoneValue"),
  StorageOverflow: error(1, "StorageOverflow"),
  DrandConnectionFailure: error(2, "DrandConnectionFailure"),
  UnverifiedPulse: error(3, "UnverifiedPulse"),
  InvalidRoundNumber: error(4, "InvalidRoundNumber"),
  PulseVerificationError: error(5, "PulseVerificationError"),
};
