import { isCoded } from "@neurond/primitives";
import { decodeExtrinsic } from "../node/extrinsic.ts";
import { priceOf } from "../node/price.ts";
import { clientError } from "./error.ts";
import { blockAt, type Method, type Namespace, type Services } from "./method.ts";
import type { Params } from "./params.ts";

function priced(services: Services, params: Params) {
  const runtime = services.node.runtimeAt(blockAt(services, params.atMost(2).hash(1)));
  const bytes = params.bytes(0);
  try {
    const extrinsic = decodeExtrinsic(bytes, runtime.runtimeCall);
    return { extrinsic, ...priceOf({ runtime }, extrinsic, bytes.length) };
  } catch (error) {
    if (isCoded(error)) throw clientError(`Execution failed: ${error.message}`);
    throw error;
  }
}

const queryInfo: Method = (services, params) => {
  const { info, fee } = priced(services, params);
  const { ref_time, proof_size } = info.weight;
  return {
    weight: { refTime: Number(ref_time), proofSize: Number(proof_size) },
    class: info.class.tag.toLowerCase(),
    partialFee: fee.total.toString(),
  };
};

const hexOf = (amount: bigint) => `0x${amount.toString(16)}`;

const queryFeeDetails: Method = (services, params) => {
  const { extrinsic, info, fee } = priced(services, params);
  const pays = extrinsic.kind === "signed" && info.pays_fee.tag === "Yes";
  const parts = {
    baseFee: hexOf(fee.base),
    lenFee: hexOf(fee.length),
    adjustedWeightFee: hexOf(fee.weight),
  };
  return { inclusionFee: pays ? parts : null };
};

/** What inclusion costs. */
export const payment: Namespace = {
  methods: { payment_queryInfo: queryInfo, payment_queryFeeDetails: queryFeeDetails },
};
