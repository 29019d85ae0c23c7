import { blake2, twox64 } from "../../frame/hasher.ts";
import { storageOf } from "../../frame/storage.ts";
import { newtype, struct, tuple, variant, vec } from "../../scale/compose.ts";
import { cow } from "../../scale/cow.ts";
import { accountId, h256, phase } from "../../scale/known.ts";
import { bytes, compactU32, fixedBytes, str, u32, u64, u128 } from "../../scale/primitives.ts";
import type { AnyType, Type, ValueOf } from "../../scale/type.ts";

const accountData = struct(["pallet_balances", "types", "AccountData"], {
  free: u64,
  reserved: u64,
  frozen: u64,
  flags: newtype(["pallet_balances", "types", "ExtraFlags"], u128),
});

/** Nonce, reference counts and balance of one account. */
export const accountInfo = struct(["frame_system", "AccountInfo"], {
  nonce: u32,
  consumers: u32,
  providers: u32,
  sufficients: u32,
  data: accountData,
});
export type AccountInfo = ValueOf<typeof accountInfo>;

/** Accounts made since balances were rewritten carry this mark; so does a missing one. */
const NEW_LOGIC = 1n << 127n;

const NO_ACCOUNT: AccountInfo = {
  nonce: 0,
  consumers: 0,
  providers: 0,
  sufficients: 0,
  data: { free: 0n, reserved: 0n, frozen: 0n, flags: NEW_LOGIC },
};

const engine = tuple(fixedBytes(4), bytes);
/** What a block's author leaves in the header. */
export const digestItem = variant(["sp_runtime", "generic", "digest", "DigestItem"], {
  Other: [0, bytes],
  Consensus: [4, engine],
  Seal: [5, engine],
  PreRuntime: [6, engine],
  RuntimeEnvironmentUpdated: [8],
});
export const digest = struct(["sp_runtime", "generic", "digest", "Digest"], {
  logs: vec(digestItem),
});

const lastRuntimeUpgrade = struct(["frame_system", "LastRuntimeUpgradeInfo"], {
  spec_version: compactU32,
  spec_name: cow(str),
});

/** One entry of `System.Events`; the event type is the whole runtime's, where polkadot.js finds it. */
export const eventRecord = (runtimeEvent: AnyType) =>
  struct(
    ["frame_system", "EventRecord"],
    { phase, event: runtimeEvent as Type<unknown>, topics: vec(h256) },
    [
      { name: "E", type: runtimeEvent },
      { name: "T", type: h256 },
    ],
  );

const system = storageOf("System");
const NO_HASH = `0x${"00".repeat(32)}` as const;

export const account = system.item("Account", [blake2(accountId)], accountInfo, NO_ACCOUNT);
export const extrinsicCount = system.optional("ExtrinsicCount", [], u32);
/** Hashes of the last 2,400 blocks, by which mortal extrinsics are checked. */
export const blockHash = system.item("BlockHash", [twox64(u32)], h256, NO_HASH);
export const number = system.item("Number", [], u32, 0);
export const parentHash = system.item("ParentHash", [], h256, NO_HASH);
export const digestOf = system.item("Digest", [], digest, { logs: [] });
export const eventCount = system.item("EventCount", [], u32, 0);
export const lastUpgrade = system.optional("LastRuntimeUpgrade", [], lastRuntimeUpgrade);
export const executionPhase = system.optional("ExecutionPhase", [], phase);

/** Events of the block; a factory because an event may belong to any pallet. */
export const eventsItem = (runtimeEvent: AnyType) =>
  system.item("Events", [], vec(eventRecord(runtimeEvent)), []);
