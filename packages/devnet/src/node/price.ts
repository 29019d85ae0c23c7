import { findCall } from "../frame/runtime-call.ts";
import { type Fee, feeOf } from "../pallets/transaction-payment.ts";
import type { Runtime } from "../runtime.ts";
import type { dispatchEventInfo } from "../scale/known.ts";
import type { ValueOf } from "../scale/type.ts";
import type { Extrinsic } from "./extrinsic.ts";

export type DispatchInfo = ValueOf<typeof dispatchEventInfo>;

/** Reference time of any call, picoseconds: devnet measures none, and a fee must be plausible. */
const CALL_REF_TIME = 100_000_000n;

/** Weight, class and fee of an extrinsic of `lengthBytes`. */
export function priceOf(
  { runtime }: { readonly runtime: Pick<Runtime, "pallets"> },
  { call, kind }: Pick<Extrinsic, "call" | "kind">,
  lengthBytes: number,
): { readonly info: DispatchInfo; readonly fee: Fee } {
  const { paysFee } = findCall(runtime.pallets, call.pallet, call.call);
  const tag = isInherent({ runtime }, call.pallet) ? "Mandatory" : "Normal";
  const pays = paysFee && kind === "signed";
  return {
    info: {
      weight: { ref_time: CALL_REF_TIME, proof_size: 0n },
      class: { tag, value: undefined },
      pays_fee: { tag: paysFee ? "Yes" : "No", value: undefined },
    },
    fee: feeOf({ lengthBytes, refTime: CALL_REF_TIME, paysFee: pays }),
  };
}

/** The author of a block puts these calls in it; nobody may submit them. */
export const isInherent = (
  { runtime }: { readonly runtime: Pick<Runtime, "pallets"> },
  pallet: number,
): boolean => runtime.pallets.some(({ name, index }) => name === "Timestamp" && index === pallet);
