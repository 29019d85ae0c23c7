import type { DrandKey } from "@neurond/crypto";
import { constant, type Pallet } from "../../frame/pallet.ts";
import { u64 } from "../../scale/primitives.ts";
import { publishPulses } from "./beacon.ts";
import { drandCalls } from "./calls.ts";
import { drandErrors, drandEvents } from "./events.ts";
import { DRAND } from "./pallet.ts";
import { drandStorage } from "./storage.ts";
import { pulsePriority, validatePulse } from "./validate.ts";

/**
 * Pallet `Drand`: the pulses that open timelocked commits. With a beacon key the chain publishes
 * them itself, and genesis must name its public key; without one it waits for `write_pulse`.
 */
export const drandPallet = ({ beacon }: { readonly beacon: DrandKey | undefined }): Pallet => ({
  ...DRAND,
  storage: drandStorage,
  calls: drandCalls,
  events: Object.values(drandEvents).map(({ def }) => def),
  errors: Object.values(drandErrors),
  constants: [
    constant("UnsignedPriority", u64, 1n << 20n),
    constant("HttpFetchTimeout", u64, 1_000n),
  ],
  ...(beacon && { onInitialize: (context) => publishPulses(context, beacon) }),
  validateUnsigned: validatePulse,
  unsignedPriority: pulsePriority,
});
