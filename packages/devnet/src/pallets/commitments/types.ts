import { boundedBytes, boundedVec } from "../../scale/bounded.ts";
import { struct, type VariantValue, variant } from "../../scale/compose.ts";
import { fixedBytes, u32, u64 } from "../../scale/primitives.ts";
import type { Type } from "../../scale/type.ts";

const path = (name: string) => ["pallet_commitments", "types", name];

/** Longest content of a Raw field; longer ones are BigRaw. */
const MAX_RAW = 128;
const FIRST_RAW = 1;

const timelocked = struct([], { encrypted: boundedBytes(1024), reveal_round: u64 });

const kinds = {
  None: [0],
  BlakeTwo256: [130, fixedBytes(32)],
  Sha256: [131, fixedBytes(32)],
  Keccak256: [132, fixedBytes(32)],
  ShaThree256: [133, fixedBytes(32)],
  TimelockEncrypted: [134, timelocked],
  ResetBondsFlag: [135],
  BigRaw: [136, boundedBytes(512)],
} as const;

/** One field of a commitment. Short bytes are `Raw0` to `Raw128`, by their length. */
export type Data =
  | VariantValue<typeof kinds>
  | { readonly tag: `Raw${number}`; readonly value: Uint8Array };

/** The length of raw bytes stands in the variant's index; the bytes follow without one. */
const raw = Object.fromEntries(
  Array.from({ length: MAX_RAW + 1 }, (_, length) => [
    `Raw${length}`,
    [FIRST_RAW + length, fixedBytes(length)] as const,
  ]),
);

// The compiler does not count to 128: the raw variants are named by the type above.
export const data = variant(path("Data"), { ...kinds, ...raw }) as Type<unknown> as Type<Data>;

/** More do not decode: the pallet's own check for it is never reached. */
export const MAX_FIELDS = 3;

export const commitmentInfo = struct(path("CommitmentInfo"), {
  fields: boundedVec(data, MAX_FIELDS),
});

export const registration = struct(path("Registration"), {
  deposit: u64,
  block: u32,
  info: commitmentInfo,
});

export const usageTracker = struct(path("UsageTracker"), { last_epoch: u64, used_space: u64 });
