import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fromHex, type Hotkey, hotkeyOf } from "@neurond/primitives";
import {
  putFile,
  repairSegment,
  StoredFileReader,
  ValidatorNetwork,
} from "@neurond/storage-client";
import { type Manifest, openSecrets, ownerKey, shardsOf } from "@neurond/workload-storage/file";
import { scrubShards, shardNameOf } from "@neurond/workload-storage/io";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bringBack } from "../src/jobs/retrieve.ts";
import { minerClient } from "../src/storage/passing/miner-client.ts";
import { minerView } from "../src/storage/passing/miner-view.ts";
import { RealMiner } from "./support/real-miner.ts";
import { SweepWorld, URIS, VALIDATOR } from "./support/sweep-world.ts";
import { hotkey, key, PLAN } from "./support/world.ts";

const OWNER = key("//Client");
const KEY = ownerKey(new Uint8Array(32).fill(7));
const BYTES = randomBytes(300_000);
const signal = new AbortController().signal;

let sweeps: SweepWorld<RealMiner>;
let manifest: Manifest;
/** Whose disk rots, and the run in which that is found. */
let rotten: Hotkey;
let run: number;

const network = () =>
  new ValidatorNetwork({ url: new URL(sweeps.node.url), hotkey: hotkey(VALIDATOR), key: OWNER });
const uriOf = (miner: Hotkey) => URIS.find((uri) => hotkey(uri) === miner) ?? "";
const rottenMiner = () =>
  sweeps.miners[URIS.findIndex((uri) => hotkey(uri) === rotten)] as RealMiner;
const shardOf = () => {
  const shard = shardsOf(manifest, 0).find(({ miner }) => miner === rotten);
  if (shard === undefined) throw new Error("it holds no shard");
  return shard;
};
const lost = async () => (await network().health(manifest.id, signal)).segments[0]?.lost;

beforeAll(async () => {
  sweeps = await SweepWorld.begin({}, RealMiner.start);
  ({ manifest } = await putFile({
    source: (async function* () {
      yield BYTES;
    })(),
    ...{ name: "rots", network: network(), rs: [1, 2], threads: 0, ownerKey: KEY },
    ...{ owner: hotkeyOf(OWNER.publicKey), custodian: hotkeyOf(OWNER.publicKey) },
    sign: (digest) => OWNER.sign(digest),
  }));
  await network().keep(manifest, signal);
  rotten = shardsOf(manifest, 0)[0]?.miner as Hotkey;
  run = await sweeps.firstSwept();
});
afterAll(() => sweeps[Symbol.asyncDispose]());

/** Makes blocks until a run is judged, and looks after the files. */
async function judged(of: number): Promise<void> {
  await sweeps.world.advanceTo((of + 1) * PLAN.blocks + 1, [sweeps.node]);
  await sweeps.node.started.upkeep(signal);
}

test("a challenge finds a bit that turned on a miner's disk", async () => {
  const miner = rottenMiner();
  const name = shardNameOf(fromHex(shardOf().shard_id));
  await using file = await open(
    join(miner.directory, "shards", name.slice(0, 2), `${name}.shard`),
    "r+",
  );
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, 150_000);
  await file.write(Uint8Array.from([(byte[0] ?? 0) ^ 1]), 0, 1, 150_000);
  await sweeps.probed(run);
  const outcomes = await sweeps.outcomes(run, 1);
  expect(outcomes[uriOf(rotten)]).toBe("failed");
  expect(Object.values(outcomes).filter((kind) => kind === "failed")).toHaveLength(1);
});

test("a scrub finds it too, and from then on the miner concedes the shard: it counts as lost", async () => {
  const miner = rottenMiner();
  const name = shardNameOf(fromHex(shardOf().shard_id));
  expect(await scrubShards(miner.shards, signal)).toMatchObject({ damaged: [name] });
  expect(await lost()).toEqual([]);
  await judged(run + 1);
  expect(await lost()).toEqual([{ i: shardOf().i, reason: "damaged" }]);
});

test("a retrieval check is told as much", async () => {
  const { identity, chain, discovery, stores } = sweeps.node.started.validator;
  const client = minerClient(identity.signer, 10_000, discovery.fetch);
  const miner = (await minerView({ chain, identity, discovery }, 0n)(signal)).get(rotten);
  const shard = await stores.shards.find(shardOf().shard_id, identity.hotkey);
  if (miner === undefined || shard === null) throw new Error("nobody has it");
  const heard = await bringBack({ client }, { miner, shard, timeoutMs: 20_000 }, signal);
  expect(heard).toMatchObject({ isSuccess: false, status: { code: 410 } });
});

test("the shard is made anew on another miner, and the file stands whole", async () => {
  const box = fromHex(manifest.wraps[0]?.box ?? "0x");
  const { repair } = await repairSegment({
    ...{ network: network(), manifest, segment: 0, lost: [shardOf().i], signal },
    sealSecret: fromHex(openSecrets(box, KEY).seal_secret),
    custodian: hotkeyOf(OWNER.publicKey),
    sign: (digest) => OWNER.sign(digest),
  });
  if (repair === null) throw new Error("nothing was moved");
  await network().keepRepair(manifest.id, repair, signal);
  expect(await lost()).toEqual([]);
  const now = await network().manifest(manifest.id, signal);
  expect(shardsOf(now, 0).map(({ miner }) => miner)).not.toContain(rotten);
  await using file = new StoredFileReader({
    ...{ manifest: now, ownerKey: KEY, network: network(), threads: 0 },
  });
  expect(Buffer.concat(await Array.fromAsync(file.read())).equals(BYTES)).toBe(true);
});
