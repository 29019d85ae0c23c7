import { verifyEd25519, verifySr25519Fast } from "@neurond/crypto";
import type { NestedCall } from "../../frame/dispatch.ts";
import type { ApiView } from "../../frame/pallet.ts";
import type { InvalidTransaction } from "../../frame/validity.ts";
import type { multiSignature } from "../../scale/known.ts";
import type { ValueOf } from "../../scale/type.ts";
import { LastStoredRound } from "./storage.ts";
import { type PulsesPayload, pulsesPayload } from "./types.ts";

const WRITE_PULSE = 0;

type Signature = ValueOf<typeof multiSignature>;

/** What `write_pulse` was decoded to. */
interface WritePulse {
  readonly pulses_payload: PulsesPayload;
  readonly signature: Signature | undefined;
}

const refuse = (tag: "Call" | "BadSigner" | "BadProof" | "Future" | "Stale") =>
  ({ tag, value: undefined }) satisfies InvalidTransaction;

/** Whether the pool takes an unsigned extrinsic of this pallet: one pulse, signed, and news. */
export function validatePulse(view: ApiView, call: NestedCall): InvalidTransaction | undefined {
  if (call.call !== WRITE_PULSE) return refuse("Call");
  // The arguments were decoded by the codec of the call that the index names.
  const { pulses_payload: payload, signature } = call.args as WritePulse;
  if (!signature) return refuse("BadSigner");
  if (!isSigned(payload, signature)) return refuse("BadProof");
  if (payload.block_number > view.block) return refuse("Future");
  const [pulse, ...more] = payload.pulses;
  if (!pulse || more.length > 0) return refuse("Call");
  return pulse.round <= LastStoredRound.get(view.state) ? refuse("Stale") : undefined;
}

/** Nodes sign with sr25519; the type also allows ECDSA, which no node uses and we do not verify. */
function isSigned(payload: PulsesPayload, signature: Signature): boolean {
  const { public: key } = payload;
  if (key.tag !== signature.tag || signature.tag === "Ecdsa") return false;
  const verify = signature.tag === "Sr25519" ? verifySr25519Fast : verifyEd25519;
  return verify(key.value, pulsesPayload.codec.enc(payload), signature.value);
}

const MAX_PRIORITY = 2n ** 64n - 1n;

/** Pulses go before everything else and the older one first: rounds only go forward. */
export function pulsePriority({ args }: NestedCall): bigint {
  const { pulses_payload: payload } = args as WritePulse;
  return MAX_PRIORITY - (payload.pulses[0]?.round ?? 0n);
}
