import { newtype, option, struct, tuple, variant } from "../scale/compose.ts";
import { h256 } from "../scale/known.ts";
import { compactU32, compactU64, fixedBytes, u32, unit } from "../scale/primitives.ts";
import type { AnyType } from "../scale/type.ts";
import { era } from "./era.ts";

/** A transaction extension: what it adds to the extrinsic and to the signed payload. */
export interface ExtensionDef {
  readonly identifier: string;
  readonly extra: AnyType;
  readonly implicit: AnyType;
}

const empty = (...path: string[]) => struct(path, {});
const extension = <Extra extends AnyType, Implicit extends AnyType>(
  identifier: string,
  extra: Extra,
  implicit: Implicit,
) => ({ identifier, extra, implicit });

const checks = ["frame_system", "extensions"] as const;
const metadataMode = variant(["frame_metadata_hash_extension", "Mode"], {
  Disabled: [0],
  Enabled: [1],
});

const nonZeroSender = extension(
  "CheckNonZeroSender",
  empty(...checks, "check_non_zero_sender", "CheckNonZeroSender"),
  unit,
);
const specVersion = extension(
  "CheckSpecVersion",
  empty(...checks, "check_spec_version", "CheckSpecVersion"),
  u32,
);
const txVersion = extension(
  "CheckTxVersion",
  empty(...checks, "check_tx_version", "CheckTxVersion"),
  u32,
);
const genesis = extension("CheckGenesis", empty(...checks, "check_genesis", "CheckGenesis"), h256);
const mortality = extension(
  "CheckMortality",
  newtype(["node_subtensor_runtime", "check_mortality", "CheckMortality"], era),
  h256,
);
const nonce = extension(
  "CheckNonce",
  newtype(["node_subtensor_runtime", "check_nonce", "CheckNonce"], compactU32),
  unit,
);
const weight = extension("CheckWeight", empty(...checks, "check_weight", "CheckWeight"), unit);
const payment = extension(
  "ChargeTransactionPayment",
  newtype(["pallet_transaction_payment", "ChargeTransactionPayment"], compactU64),
  unit,
);
const sudo = extension(
  "SudoTransactionExtension",
  empty("node_subtensor_runtime", "sudo_wrapper", "SudoTransactionExtension"),
  unit,
);
const shielded = extension(
  "CheckShieldedTxValidity",
  empty("pallet_shield", "extension", "CheckShieldedTxValidity"),
  unit,
);
const subtensor = extension(
  "SubtensorTransactionExtension",
  empty("pallet_subtensor", "extensions", "subtensor", "SubtensorTransactionExtension"),
  unit,
);
const drand = extension(
  "DrandPriority",
  empty("pallet_drand", "drand_priority", "DrandPriority"),
  unit,
);
const metadataHash = extension(
  "CheckMetadataHash",
  struct(["frame_metadata_hash_extension", "CheckMetadataHash"], { mode: metadataMode }),
  option(fixedBytes(32)),
);

/** In the order in which they are encoded and checked. */
export const extensions = [
  nonZeroSender,
  specVersion,
  txVersion,
  genesis,
  mortality,
  nonce,
  weight,
  payment,
  sudo,
  shielded,
  subtensor,
  drand,
  metadataHash,
] as const satisfies readonly ExtensionDef[];

/** What a signed extrinsic carries between signature and call; grouped as the runtime groups it. */
export const extra = tuple(
  tuple(
    nonZeroSender.extra,
    specVersion.extra,
    txVersion.extra,
    genesis.extra,
    mortality.extra,
    nonce.extra,
    weight.extra,
  ),
  tuple(payment.extra, sudo.extra, shielded.extra, subtensor.extra, drand.extra),
  metadataHash.extra,
);
