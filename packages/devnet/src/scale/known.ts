import type { Hex } from "@neurond/primitives";
import { _void, Bytes, createCodec } from "scale-ts";
import { array, struct, tuple, variant } from "./compose.ts";
import { bytes, compactU64, fixedBytes, u8, u32, unit } from "./primitives.ts";
import { defineType, type Type, type ValueOf } from "./type.ts";

/** Fixed bytes shown as lower-case hex: comparable with `===` and usable as a map key. */
function hexBytes(length: number, path: readonly string[]): Type<Hex> {
  const raw = Bytes(length);
  // Accounts are most of what storage and runtime APIs hold: Node's own hex is several times faster
  // than a portable one.
  const codec = createCodec<Hex>(
    (value) => {
      const bytes = Uint8Array.from(Buffer.from(value.slice(2), "hex"));
      if (bytes.length === length && value.length === 2 + 2 * length) return bytes;
      throw new RangeError(`${value} is not ${length} bytes of hex`);
    },
    (input) => {
      const bytes = raw.dec(input);
      return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
    },
  );
  return defineType(codec, { tag: "composite", fields: [{ type: array(u8, length) }] }, path);
}

/** A 32-byte account, as `0x…`: hotkeys and coldkeys look alike to the chain. */
export const accountId = hexBytes(32, ["sp_core", "crypto", "AccountId32"]);
export const h256 = hexBytes(32, ["primitive_types", "H256"]);

export const multiAddress = variant(
  ["sp_runtime", "multiaddress", "MultiAddress"],
  {
    Id: [0, accountId],
    Index: [1, defineType(_void, { tag: "compact", of: unit })],
    Raw: [2, bytes],
    Address32: [3, fixedBytes(32)],
    Address20: [4, fixedBytes(20)],
  },
  [
    { name: "AccountId", type: accountId },
    { name: "AccountIndex", type: unit },
  ],
);

export const multiSignature = variant(["sp_runtime", "MultiSignature"], {
  Ed25519: [0, fixedBytes(64)],
  Sr25519: [1, fixedBytes(64)],
  Ecdsa: [2, fixedBytes(65)],
});

export const multiSigner = variant(["sp_runtime", "MultiSigner"], {
  Ed25519: [0, fixedBytes(32)],
  Sr25519: [1, fixedBytes(32)],
  Ecdsa: [2, fixedBytes(33)],
});

export const weight = struct(["sp_weights", "weight_v2", "Weight"], {
  ref_time: compactU64,
  proof_size: compactU64,
});

const dispatchClass = variant(["frame_support", "dispatch", "DispatchClass"], {
  Normal: [0],
  Operational: [1],
  Mandatory: [2],
});
const pays = variant(["frame_support", "dispatch", "Pays"], { Yes: [0], No: [1] });

export { dispatchClass, pays };

export const dispatchEventInfo = struct(["frame_system", "DispatchEventInfo"], {
  weight,
  class: dispatchClass,
  pays_fee: pays,
});

const trieError = variant(["sp_runtime", "proving_trie", "TrieError"], {
  InvalidStateRoot: [0],
  IncompleteDatabase: [1],
  ValueAtIncompleteKey: [2],
  DecoderError: [3],
  InvalidHash: [4],
  DuplicateKey: [5],
  ExtraneousNode: [6],
  ExtraneousValue: [7],
  ExtraneousHashReference: [8],
  InvalidChildReference: [9],
  ValueMismatch: [10],
  IncompleteProof: [11],
  RootMismatch: [12],
  DecodeError: [13],
});

/** What the runtime answers when a call fails; `Module` carries the pallet's own error index. */
export const dispatchError = variant(["sp_runtime", "DispatchError"], {
  Other: [0],
  CannotLookup: [1],
  BadOrigin: [2],
  Module: [3, struct(["sp_runtime", "ModuleError"], { index: u8, error: fixedBytes(4) })],
  ConsumerRemaining: [4],
  NoProviders: [5],
  TooManyConsumers: [6],
  Token: [
    7,
    variant(["sp_runtime", "TokenError"], {
      FundsUnavailable: [0],
      OnlyProvider: [1],
      BelowMinimum: [2],
      CannotCreate: [3],
      UnknownAsset: [4],
      Frozen: [5],
      Unsupported: [6],
      CannotCreateHold: [7],
      NotExpendable: [8],
      Blocked: [9],
    }),
  ],
  Arithmetic: [
    8,
    variant(["sp_arithmetic", "ArithmeticError"], {
      Underflow: [0],
      Overflow: [1],
      DivisionByZero: [2],
    }),
  ],
  Transactional: [
    9,
    variant(["sp_runtime", "TransactionalError"], { LimitReached: [0], NoLayer: [1] }),
  ],
  Exhausted: [10],
  Corruption: [11],
  Unavailable: [12],
  RootNotAllowed: [13],
  Trie: [14, trieError],
});
export type DispatchError = ValueOf<typeof dispatchError>;

/** `Result<T, E>` under the path by which clients know it. */
export const result = <T, E>(ok: Type<T>, err: Type<E>) =>
  variant(["Result"], { Ok: [0, tuple(ok)], Err: [1, tuple(err)] }, [
    { name: "T", type: ok },
    { name: "E", type: err },
  ]);

export const phase = variant(["frame_system", "Phase"], {
  ApplyExtrinsic: [0, u32],
  Finalization: [1],
  Initialization: [2],
});
