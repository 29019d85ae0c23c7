import { fromHex, SS58_PREFIX } from "@neurond/primitives";
import { type ConstantDef, constant } from "../../frame/pallet.ts";
import type { RuntimeVersion } from "../../runtime.ts";
import { option, struct, tuple, vec } from "../../scale/compose.ts";
import { cow } from "../../scale/cow.ts";
import { weight } from "../../scale/known.ts";
import { fixedBytes, str, u8, u16, u32, u64 } from "../../scale/primitives.ts";
import type { Type, ValueOf } from "../../scale/type.ts";

const perClass = <T>(of: Type<T>) =>
  struct(["frame_support", "dispatch", "PerDispatchClass"], {
    normal: of,
    operational: of,
    mandatory: of,
  });

const blockWeights = struct(["frame_system", "limits", "BlockWeights"], {
  base_block: weight,
  max_block: weight,
  per_class: perClass(
    struct(["frame_system", "limits", "WeightsPerClass"], {
      base_extrinsic: weight,
      max_extrinsic: option(weight),
      max_total: option(weight),
      reserved: option(weight),
    }),
  ),
});

const blockLength = struct(["frame_system", "limits", "BlockLength"], { max: perClass(u32) });
const dbWeight = struct(["sp_weights", "RuntimeDbWeight"], { read: u64, write: u64 });

/** What `Core_version` and `System.Version` say. */
export const runtimeVersion = struct(["sp_version", "RuntimeVersion"], {
  spec_name: cow(str),
  impl_name: cow(str),
  authoring_version: u32,
  spec_version: u32,
  impl_version: u32,
  apis: cow(vec(tuple(fixedBytes(8), u32))),
  transaction_version: u32,
  system_version: u8,
});

/** The version that JSON-RPC tells, as the record that is SCALE-encoded. */
export const versionRecord = (version: RuntimeVersion): ValueOf<typeof runtimeVersion> => ({
  spec_name: version.specName,
  impl_name: version.implName,
  authoring_version: version.authoringVersion,
  spec_version: version.specVersion,
  impl_version: version.implVersion,
  apis: version.apis.map(([id, number]): [Uint8Array, number] => [fromHex(id), number]),
  transaction_version: version.transactionVersion,
  system_version: version.stateVersion,
});

type Weight = ValueOf<typeof weight>;
const ANY_PROOF = 2n ** 64n - 1n;
const time = (ref_time: bigint, proof_size = 0n): Weight => ({ ref_time, proof_size });

/** Reference time (picoseconds) of an empty extrinsic; its fee is the base fee. */
export const BASE_EXTRINSIC = 108_157_000n;
const base_extrinsic = time(BASE_EXTRINSIC);

const BLOCK_WEIGHTS: ValueOf<typeof blockWeights> = {
  base_block: time(431_614_000n),
  max_block: time(4_000_000_000_000n, ANY_PROOF),
  per_class: {
    normal: {
      base_extrinsic,
      max_extrinsic: time(2_599_891_843_000n, 11_990_383_647_911_208_550n),
      max_total: time(3_000_000_000_000n, 13_835_058_055_282_163_711n),
      reserved: time(0n),
    },
    operational: {
      base_extrinsic,
      max_extrinsic: time(3_599_891_843_000n, 16_602_069_666_338_596_454n),
      max_total: time(4_000_000_000_000n, ANY_PROOF),
      reserved: time(1_000_000_000_000n, 4_611_686_018_427_387_904n),
    },
    mandatory: {
      base_extrinsic,
      max_extrinsic: undefined,
      max_total: undefined,
      reserved: undefined,
    },
  },
};

/** Encoded extrinsics longer than this do not fit a block, bytes. */
export const MAX_EXTRINSIC_BYTES = 7_864_320;
const MAX_BLOCK_BYTES = 10_485_760;
/** So many block hashes are kept; an era older than that has an ancient birth block. */
export const BLOCK_HASH_COUNT = 2_400;

/** The constants of `System`; only the version differs between runtimes. */
export const systemConstants = (version: RuntimeVersion): ConstantDef[] => [
  constant("BlockWeights", blockWeights, BLOCK_WEIGHTS),
  constant("BlockLength", blockLength, {
    max: {
      normal: MAX_EXTRINSIC_BYTES,
      operational: MAX_BLOCK_BYTES,
      mandatory: MAX_BLOCK_BYTES,
    },
  }),
  constant("BlockHashCount", u32, BLOCK_HASH_COUNT),
  constant("DbWeight", dbWeight, { read: 25_000_000n, write: 100_000_000n }),
  constant("Version", runtimeVersion, versionRecord(version)),
  constant("SS58Prefix", u16, SS58_PREFIX),
];
