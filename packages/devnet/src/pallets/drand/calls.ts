import { verifyRound } from "@neurond/crypto";
import { badOrigin, type CallContext, ensure, ensureRoot } from "../../frame/dispatch.ts";
import { call, freeCall } from "../../frame/pallet.ts";
import { option } from "../../scale/compose.ts";
import { multiSignature } from "../../scale/known.ts";
import { u64 } from "../../scale/primitives.ts";
import { drandErrors, drandEvents } from "./events.ts";
import { keepPulses } from "./keep.ts";
import { BeaconConfig, LastStoredRound, NextUnsignedAt, OldestStoredRound } from "./storage.ts";
import { beaconConfigurationPayload, type Pulse, pulsesPayload } from "./types.ts";

/** Compressed G1. */
const SIGNATURE_BYTES = 48;

const signature = option(multiSignature);

/** Takes pulses of the configured network; one that is not its own is passed over without an error. */
function writePulses(context: CallContext, pulses: readonly Pulse[]): void {
  if (context.origin.kind !== "none") throw badOrigin();
  const { public_key: key } = BeaconConfig.get(context.state);
  let last = LastStoredRound.get(context.state);
  const genuine = pulses.filter((pulse) => {
    ensure(pulse.signature.length === SIGNATURE_BYTES, drandErrors.PulseVerificationError);
    if (!verifyRound(key, pulse.round, pulse.signature)) return false;
    ensure(pulse.round > last, drandErrors.InvalidRoundNumber);
    last = pulse.round;
    return true;
  });
  keepPulses(context, genuine);
}

export const drandCalls = [
  freeCall(
    0,
    "write_pulse",
    { pulses_payload: pulsesPayload, signature },
    (context, { pulses_payload }) => writePulses(context, pulses_payload.pulses),
  ),
  call(
    1,
    "set_beacon_config",
    { config_payload: beaconConfigurationPayload, signature },
    (context, { config_payload }) => {
      ensureRoot(context);
      BeaconConfig.set(context.state, [], config_payload.config);
      NextUnsignedAt.set(context.state, [], context.block + 1);
      context.emit(drandEvents.BeaconConfigChanged());
    },
  ),
  call(2, "set_oldest_stored_round", { oldest_round: u64 }, (context, { oldest_round }) => {
    ensureRoot(context);
    OldestStoredRound.set(context.state, [], oldest_round);
    context.emit(drandEvents.SetOldestStoredRound(oldest_round));
  }),
];
