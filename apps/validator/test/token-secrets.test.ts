import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { keypairFromUri } from "@neurond/crypto";
import {
  canonicalJson,
  coldkeyOf,
  fromHex,
  type Hex,
  hotkeyOf,
  toBlockNumber,
  toHex,
  toNetuid,
} from "@neurond/primitives";
import { createLogger, Registry } from "@neurond/runtime";
import type { ShardProof, ShardRecord } from "@neurond/store";
import {
  type Entry,
  type Receipt,
  receiptDigest,
  recordSignedReceipt,
  type SignedReceipt,
  shardRoot,
} from "@neurond/workload-storage";
import { tokenAnswer, verifyToken } from "@neurond/workload-storage/token";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TokenWorld } from "../../../packages/workload-storage/test/token/token-world.ts";
import { createMetrics } from "../src/metrics.ts";
import type { ServingMiner } from "../src/storage/passing/miner-view.ts";
import { handProofs, type ProveDeps, provePassing } from "../src/storage/single/prove-shard.ts";
import { ProofRenewal } from "../src/storage/single/renew-proofs.ts";
import { openAsked } from "../src/storage/single/token-secrets.ts";
import { SweepKeys } from "../src/storage/sweep/sweep-keys.ts";

const NETUID = toNetuid(7);
const VALIDATOR = keypairFromUri("//Validator");
const MINER = keypairFromUri("//Miner");
const SEALED = new Uint8Array(5_000).map((_, at) => at * 7);
const ENTRY: Entry = {
  shardId: new Uint8Array(32).fill(3),
  root: shardRoot(SEALED),
  size: SEALED.length,
};
const signal = AbortSignal.timeout(60_000);

let directory: string;
let keys: SweepKeys;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-tokens-"));
  keys = await SweepKeys.open(directory, NETUID, hotkeyOf(VALIDATOR.publicKey));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function* bodyOf(bytes: Uint8Array) {
  yield bytes.subarray(0, 1_234);
  yield bytes.subarray(1_234);
}

/** A validator's part in it, and what it keeps. */
function keeper(alg: 1 | 2, signs: (receipt: Receipt) => Uint8Array = signed) {
  const kept: ShardProof[] = [];
  const renewed: string[] = [];
  let sent = 0;
  const deps: ProveDeps = {
    identity: { netuid: NETUID, hotkey: hotkeyOf(VALIDATOR.publicKey), signer: VALIDATOR },
    client: { renew: async (_miner, { receipt }) => signs(receipt) },
    proofs: { add: async (_holding, proof) => void kept.push(proof) },
    lives: { renew: async (_shardId, _term, text) => void renewed.push(text) },
    openings: null,
    tokens: { keys, alg, count: 3 },
    log: createLogger("test", "fatal"),
  };
  const proofs = {
    find: async () => kept[0] ?? null,
    send: async (_shardId: Hex, _validator: string, number: number) => {
      const isFirst = number > sent;
      sent = Math.max(sent, number);
      return isFirst;
    },
  };
  return { deps, kept, renewed, proofs };
}

const signed = (receipt: Receipt) => MINER.sign(receiptDigest(receipt));

function stored(): SignedReceipt {
  const receipt: Receipt = {
    ...ENTRY,
    ...{ netuid: NETUID, storedBlock: 1, expiresBlock: 100 },
    ...{ validator: hotkeyOf(VALIDATOR.publicKey), miner: hotkeyOf(MINER.publicKey) },
  };
  const digest = receiptDigest(receipt);
  return {
    receipt,
    validatorSignature: VALIDATOR.sign(digest),
    minerSignature: MINER.sign(digest),
  };
}

const miner: ServingMiner = {
  hotkey: hotkeyOf(MINER.publicKey),
  coldkey: coldkeyOf(new Uint8Array(32)),
  url: "http://miner",
};
const head = toBlockNumber(5);

test.each([1, 2] as const)(
  "algorithm %i: answers are kept encrypted, and a token opens once, as its receipt has it",
  async (alg) => {
    const { deps, kept, renewed, proofs } = keeper(alg);
    const made = await provePassing(deps, ENTRY, bodyOf(SEALED), signal);
    if (made === null) throw new Error("tokens are made");
    const after = await handProofs(deps, { signed: stored(), miner }, made, { head, signal });
    expect(after.receipt.tokens).toEqual({ count: 3, root: made.tokens?.root });
    expect(renewed).toEqual([kept[0]?.receipt]);
    const receipt = recordSignedReceipt(after);
    const task = { ...new TokenWorld(alg).task, validator: after.receipt.validator, receipt };
    const opened = await openAsked(keys, proofs, task);
    if (opened === null || after.receipt.tokens === undefined) throw new Error("it opens");
    const answer = tokenAnswer({ alg, seed: fromHex(opened.seed), size: ENTRY.size }, SEALED);
    expect(opened.answer).toBe(toHex(answer));
    const { leaf, index, path, seed, blind } = opened;
    const claim = {
      tokens: after.receipt.tokens,
      asked: { alg, number: 2 },
      seedCommit: fromHex(leaf).slice(5, 37),
      answer,
      opened: {
        ...{ leaf: fromHex(leaf), index, path: path.map((hash) => fromHex(hash)) },
        ...{ seed: fromHex(seed), answer, blind: fromHex(blind) },
      },
    };
    expect(verifyToken(claim)).toBeNull();
    const text = Buffer.from(kept[0]?.tokens?.answers ?? []);
    expect(text.length).toBe(3 * answer.length);
    expect(text.includes(Buffer.from(answer))).toBe(false);
    expect(await openAsked(keys, proofs, task)).toBeNull();
    expect(await openAsked(keys, proofs, { ...task, number: 4 })).toBeNull();
    expect(await openAsked(keys, proofs, { ...task, alg: alg === 1 ? 2 : 1 })).toBeNull();
  },
);

test("other bytes than the root's have no tokens", async () => {
  const { deps } = keeper(1);
  const altered = Uint8Array.from(SEALED);
  altered[9] = 200;
  const made = provePassing(deps, ENTRY, bodyOf(altered), signal);
  await expect(made).rejects.toMatchObject({ code: "ROOT_MISMATCH" });
  const short = provePassing(deps, ENTRY, bodyOf(SEALED.subarray(1)), signal);
  await expect(short).rejects.toMatchObject({ code: "SIZE_MISMATCH" });
});

test("a miner that signs something else keeps its receipt as it was", async () => {
  const { deps, kept, renewed } = keeper(1, () => new Uint8Array(64));
  const made = await provePassing(deps, ENTRY, bodyOf(SEALED), signal);
  if (made === null) throw new Error("tokens are made");
  const before = stored();
  expect(await handProofs(deps, { signed: before, miner }, made, { head, signal })).toBe(before);
  expect([kept, renewed]).toEqual([[], []]);
});

test("what was not made in passing is made up for; what fails is tried again an hour later", async () => {
  const { deps, kept } = keeper(1);
  const { receipt } = stored();
  const { hotkey: validator } = deps.identity;
  const record: ShardRecord = {
    ...{ shardId: toHex(ENTRY.shardId), validator, miner: receipt.miner, fileId: "0x01" },
    ...{ root: toHex(ENTRY.root), sizeBytes: ENTRY.size, storedBlock: toBlockNumber(1) },
    ...{ expiresBlock: toBlockNumber(100), receipt: canonicalJson(recordSignedReceipt(stored())) },
  };
  let bytes = SEALED.subarray(1);
  const fetched: Hex[] = [];
  const renewal = new ProofRenewal({
    proving: deps,
    proofs: {
      lacking: async (_validator, { except }) =>
        kept.length > 0 || except.includes(record.shardId) ? [] : [record],
    },
    miners: async () => new Map([[miner.hotkey, miner]]),
    client: {
      get: async (_miner, shardId) => {
        fetched.push(toHex(shardId));
        return Readable.from(bodyOf(bytes));
      },
    },
    metrics: createMetrics(new Registry()),
  });
  expect(await renewal.pass(toBlockNumber(10), signal)).toBe(0);
  bytes = SEALED;
  expect(await renewal.pass(toBlockNumber(310), signal)).toBe(0);
  expect(fetched).toHaveLength(1);
  expect(await renewal.pass(toBlockNumber(311), signal)).toBe(1);
  expect(kept.map(({ tokens }) => tokens?.count)).toEqual([3]);
  expect(await renewal.pass(toBlockNumber(312), signal)).toBe(0);
});
