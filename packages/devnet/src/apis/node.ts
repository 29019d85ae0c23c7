import { uncheckedExtrinsic } from "../frame/metadata.ts";
import { type ApiView, apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { transactionValidity } from "../frame/validity.ts";
import type { Guard } from "../node/executable.ts";
import { decodeExtrinsic } from "../node/extrinsic.ts";
import { priceOf } from "../node/price.ts";
import { validate } from "../node/validate.ts";
import { runtimeVersion, versionRecord } from "../pallets/system/constants.ts";
import { account as accounts } from "../pallets/system/storage.ts";
import { lengthToFee, weightToFee } from "../pallets/transaction-payment.ts";
import type { OuterTypes, Runtime } from "../runtime.ts";
import { newtype, option, struct, variant, vec } from "../scale/compose.ts";
import { accountId, dispatchClass, h256, weight } from "../scale/known.ts";
import { bytes, u32, u64 } from "../scale/primitives.ts";

/** What the APIs of the node itself need to know of the runtime they are part of. */
export interface NodeApiParts {
  /** Asked late: the runtime contains these APIs. */
  readonly runtime: () => Runtime;
  readonly guard: Guard;
  readonly slotDurationMs: number;
}

const opaqueMetadata = newtype(["sp_core", "OpaqueMetadata"], bytes);
const METADATA_VERSIONS = [14, 15, 16] as const;

const source = variant(["sp_runtime", "transaction_validity", "TransactionSource"], {
  InBlock: [0],
  Local: [1],
  External: [2],
});

const dispatchInfo = struct(["pallet_transaction_payment", "types", "RuntimeDispatchInfo"], {
  weight,
  class: dispatchClass,
  partial_fee: u64,
});

const feeDetails = struct(["pallet_transaction_payment", "types", "FeeDetails"], {
  inclusion_fee: option(
    struct(["pallet_transaction_payment", "types", "InclusionFee"], {
      base_fee: u64,
      len_fee: u64,
      adjusted_weight_fee: u64,
    }),
  ),
  tip: u64,
});

/** The APIs through which a node and its clients ask a runtime about itself and about extrinsics. */
export function nodeApis(outer: OuterTypes, parts: NodeApiParts): RuntimeApi[] {
  return [
    { name: "Core", version: 5, methods: [coreVersion(parts)] },
    { name: "Metadata", version: 2, methods: metadataMethods(parts) },
    { name: "TaggedTransactionQueue", version: 3, methods: [validateTransaction(outer, parts)] },
    {
      name: "AuraApi",
      version: 1,
      methods: [
        apiMethod("slot_duration", {}, newtype(["sp_consensus_slots", "SlotDuration"], u64), () =>
          BigInt(parts.slotDurationMs),
        ),
      ],
    },
    {
      name: "AccountNonceApi",
      version: 1,
      methods: [
        apiMethod(
          "account_nonce",
          { account: accountId },
          u32,
          ({ state }, { account }) => accounts.get(state, account).nonce,
        ),
      ],
    },
    { name: "TransactionPaymentApi", version: 4, methods: paymentMethods(outer, parts) },
  ];
}

const coreVersion = ({ runtime }: NodeApiParts) =>
  apiMethod("version", {}, runtimeVersion, () => versionRecord(runtime().version));

function metadataMethods({ runtime }: NodeApiParts) {
  return [
    apiMethod("metadata", {}, opaqueMetadata, () => runtime().metadata(14)),
    apiMethod(
      "metadata_at_version",
      { version: u32 },
      option(opaqueMetadata),
      (_view, { version }) => {
        const served = METADATA_VERSIONS.find((number) => number === version);
        return served && runtime().metadata(served);
      },
    ),
    apiMethod("metadata_versions", {}, vec(u32), () => [...METADATA_VERSIONS]),
  ];
}

function validateTransaction(outer: OuterTypes, { runtime, guard }: NodeApiParts) {
  const tx = uncheckedExtrinsic(outer.runtimeCall);
  return apiMethod(
    "validate_transaction",
    { source, tx, block_hash: h256 },
    transactionValidity,
    (view, args) => {
      const encoded = bytes.codec.enc(args.tx);
      const extrinsic = decodeExtrinsic(encoded, outer.runtimeCall);
      const next: ApiView = { state: view.state, block: view.block + 1, hash: args.block_hash };
      return validate({ runtime: runtime(), guard }, next, { extrinsic, length: encoded.length });
    },
  );
}

function paymentMethods(outer: OuterTypes, { runtime }: NodeApiParts) {
  const uxt = uncheckedExtrinsic(outer.runtimeCall);
  const priced = (body: Uint8Array, length: number) => {
    const extrinsic = decodeExtrinsic(bytes.codec.enc(body), outer.runtimeCall);
    return { extrinsic, ...priceOf({ runtime: runtime() }, extrinsic, length) };
  };
  return [
    apiMethod("query_info", { uxt, len: u32 }, dispatchInfo, (_view, args) => {
      const { info, fee } = priced(args.uxt, args.len);
      return { weight: info.weight, class: info.class, partial_fee: fee.total };
    }),
    apiMethod("query_fee_details", { uxt, len: u32 }, feeDetails, (_view, args) => {
      const { extrinsic, info, fee } = priced(args.uxt, args.len);
      const pays = extrinsic.kind === "signed" && info.pays_fee.tag === "Yes";
      const parts = {
        base_fee: fee.base,
        len_fee: fee.length,
        adjusted_weight_fee: fee.weight,
      };
      return {
        inclusion_fee: pays ? parts : undefined,
        tip: extrinsic.kind === "signed" ? extrinsic.extra.tip : 0n,
      };
    }),
    apiMethod("query_weight_to_fee", { weight }, u64, (_view, args) =>
      weightToFee(args.weight.ref_time),
    ),
    apiMethod("query_length_to_fee", { length: u32 }, u64, (_view, { length }) =>
      lengthToFee(length),
    ),
  ];
}
