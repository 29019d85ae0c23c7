import { keypairFromUri } from "@neurond/crypto";
import {
  type BlockNumber,
  canonicalJson,
  type Hex,
  hotkeyOf,
  toBlockNumber,
  toHex,
  toNetuid,
} from "@neurond/primitives";
import type { HeldShard, ShardRecord } from "@neurond/store";
import { DOCUMENT, recordSignedReceipt } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import type { RunFacts } from "../src/ports/run-journal.ts";
import { timesOf } from "../src/run-plan.ts";
import { type PlanDeps, planStorageRun } from "../src/storage/plan/plan-run.ts";

const NETUID = toNetuid(21);
const SIGNER = keypairFromUri("//Validator1");
const VALIDATOR = hotkeyOf(SIGNER.publicKey);
const MINER = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const PLAN = { blocks: 100, beaconLag: 6, commitWindow: 20, revealWindow: 50 };
const SHARD = new Uint8Array(32).fill(7);

/** What both would have signed; nobody looks at signatures here. */
function receipt(expiresBlock: number): string {
  const parties = { netuid: NETUID, validator: VALIDATOR, miner: MINER };
  const entry = { shardId: SHARD, root: new Uint8Array(32), size: 100 };
  const signature = new Uint8Array(64);
  return canonicalJson(
    recordSignedReceipt({
      receipt: { ...parties, ...entry, storedBlock: 1_000, expiresBlock },
      validatorSignature: signature,
      minerSignature: signature,
    }),
  );
}

const STORED: ShardRecord = {
  ...{ shardId: toHex(SHARD) as Hex, validator: VALIDATOR, miner: MINER, fileId: "0x01" },
  ...{ root: toHex(new Uint8Array(32)), sizeBytes: 100, storedBlock: toBlockNumber(1_000) },
  ...{ expiresBlock: toBlockNumber(1_500), receipt: receipt(1_500) },
};

/** What the catalog says of shards. */
const owedBy = (shards: readonly ShardRecord[], wants: (shard: HeldShard) => boolean) => ({
  shards,
  receipts: new Map(shards.filter(wants).map(({ shardId, receipt }) => [shardId, receipt])),
});

/** Plans runs one after the other; the ends of the receipts that each of them logs. */
function planner() {
  const runs = new Map<number, RunFacts>();
  const bodies = new Map<string, Uint8Array>();
  let held: readonly ShardRecord[] = [];
  const fail = () => Promise.reject(new Error("not asked by a plan"));
  const deps: PlanDeps = {
    identity: { netuid: NETUID, hotkey: VALIDATOR, signer: SIGNER },
    stores: {
      log: { size: async () => 0, read: async () => [], append: fail, readNodes: fail },
      journal: {
        read: async (index) => runs.get(index) ?? {},
        write: fail,
        having: fail,
        latest: async (kind) => {
          const index = Math.max(...runs.keys());
          const fact = runs.get(index)?.[kind];
          return fact ? { index, fact } : undefined;
        },
      },
      bodies: {
        put: async (more) => {
          for (const [hash, bytes] of more) bodies.set(hash, bytes);
        },
        get: async () => bodies,
        forgetExpired: fail,
      },
    },
    catalog: {
      add: fail,
      held: async (_, __, wants) => owedBy(held, wants),
      heldFrom: fail,
      owed: fail,
      find: fail,
    },
    proofs: { committed: fail, unused: fail, find: fail, drawn: fail },
    rules: { plan: PLAN },
    slots: [],
    sweeps: null,
    beaconKind: 0,
    workload: "storage/1",
    bodyRetentionMs: 1,
    now: () => 0,
  };
  return async (index: number, block: number, shards: readonly ShardRecord[]) => {
    held = shards;
    const times = timesOf(index, PLAN);
    const parties = { netuid: NETUID, validator: VALIDATOR, miners: [MINER] };
    const run = { ...parties, times, block: block as BlockNumber };
    const documents = await planStorageRun(deps, run);
    runs.set(index, { planned: { documents, from: 0 }, opened: { size: 0 } });
    return documents
      .filter(({ type }) => type === DOCUMENT.receipt)
      .map(({ body }) => (body as { receipt: { expires_block: number } }).receipt.expires_block);
  };
}

test("a receipt is logged once, and once more when it was renewed, however short its term", async () => {
  const plan = planner();
  expect(await plan(10, 1_010, [STORED])).toEqual([1_500]);
  expect(await plan(11, 1_110, [STORED])).toEqual([]);
  const renewed = {
    ...STORED,
    expiresBlock: toBlockNumber(1_650),
    renewedBlock: toBlockNumber(1_150),
    receipt: receipt(1_650),
  };
  expect(await plan(12, 1_210, [renewed])).toEqual([1_650]);
  expect(await plan(13, 1_310, [renewed])).toEqual([]);
});
