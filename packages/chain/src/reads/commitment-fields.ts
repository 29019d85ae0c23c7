import { asBigint, asBytes, asList, asRecord, asVariant } from "../codec/value.ts";
import type { CommitmentField } from "../commitment.ts";
import { chainError } from "../errors.ts";

/** Longest `Raw`; longer bytes go as `BigRaw`. */
const MAX_RAW_BYTES = 128;
const MAX_BIG_RAW_BYTES = 512;
const MAX_TIMELOCKED_BYTES = 1024;

const HASHES = {
  BlakeTwo256: "blake2-256",
  Sha256: "sha-256",
  Keccak256: "keccak-256",
  ShaThree256: "sha3-256",
} as const;

/** The fields of a decoded `CommitmentInfo`. */
export function fieldsOf(info: unknown): readonly CommitmentField[] {
  return asList(asRecord(info)["fields"]).map(fieldOf);
}

function fieldOf(data: unknown): CommitmentField {
  const { kind, value } = asVariant(data);
  if (/^Raw\d+$/.test(kind)) return { kind: "raw", bytes: asBytes(value ?? new Uint8Array()) };
  switch (kind) {
    case "None":
      return { kind: "none" };
    case "BigRaw":
      return { kind: "raw", bytes: asBytes(value) };
    case "ResetBondsFlag":
      return { kind: "reset-bonds" };
    case "TimelockEncrypted": {
      const { encrypted, reveal_round } = asRecord(value);
      return { kind: "timelocked", encrypted: asBytes(encrypted), round: asBigint(reveal_round) };
    }
    case "BlakeTwo256":
    case "Sha256":
    case "Keccak256":
    case "ShaThree256":
      return { kind: HASHES[kind], hash: asBytes(value) };
    default:
      throw chainError("STATE_UNDECODABLE", `commitment field of unknown kind ${kind}`, { kind });
  }
}

/** A field as an argument of `set_commitment`. */
export function fieldArgument(field: CommitmentField): Readonly<Record<string, unknown>> {
  switch (field.kind) {
    case "none":
      return { None: null };
    case "reset-bonds":
      return { ResetBondsFlag: null };
    case "raw": {
      const { length } = field.bytes;
      requireAtMost(MAX_BIG_RAW_BYTES, length);
      return length > MAX_RAW_BYTES ? { BigRaw: field.bytes } : { [`Raw${length}`]: field.bytes };
    }
    case "timelocked":
      requireAtMost(MAX_TIMELOCKED_BYTES, field.encrypted.length);
      return { TimelockEncrypted: { encrypted: field.encrypted, reveal_round: field.round } };
    case "blake2-256":
      return { BlakeTwo256: field.hash };
    case "sha-256":
      return { Sha256: field.hash };
    case "keccak-256":
      return { Keccak256: field.hash };
    case "sha3-256":
      return { ShaThree256: field.hash };
  }
}

/** Bytes a field takes from the hotkey's space of an epoch. */
export function spaceOf(field: CommitmentField): number {
  switch (field.kind) {
    case "none":
    case "reset-bonds":
      return 0;
    case "raw":
      return field.bytes.length;
    case "timelocked":
      return field.encrypted.length;
    default:
      return field.hash.length;
  }
}

function requireAtMost(limit: number, length: number): void {
  if (length <= limit) return;
  throw chainError("CALL_UNENCODABLE", `commitment field has ${length} bytes: at most ${limit}`);
}
