import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Keypair, keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { attachBodies, bodiesOf, decodeEntry, type Observation, replay } from "@neurond/ledger";
import { canonicalJson, hotkeyOf, toHex, toRunId } from "@neurond/primitives";
import { type SignedRequest, signedFetch } from "@neurond/runtime";
import { getFile, putFile, type SealedShard, ValidatorNetwork } from "@neurond/storage-client";
import {
  isReceiptSigned,
  linksAfter,
  parseSignedReceipt,
  SampleTask,
} from "@neurond/workload-storage";
import { decodeManifest, type Manifest, ownerKey } from "@neurond/workload-storage/file";
import { shardNameOf } from "@neurond/workload-storage/io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OWNER } from "../../../packages/storage-client/test/support/files.ts";
import { networkContract } from "../../../packages/storage-client/test/support/network-contract.ts";
import type { Node } from "./support/node.ts";
import { RealMiner } from "./support/real-miner.ts";
import { hotkey, MINERS, PLAN, World } from "./support/world.ts";

const VALIDATOR = "//Validator1";
const FILE_BYTES = 3_000_000;
const SEGMENT_BYTES = 1_048_576;
const OWNER_KEY = ownerKey(new Uint8Array(32).fill(7));

let world: World;
let node: Node;
let directory: string;
const miners: RealMiner[] = [];
const client = keypairFromUri("//Client");
const stranger = keypairFromUri("//Stranger");

beforeAll(async () => {
  world = await World.begin();
  directory = await mkdtemp(join(tmpdir(), "neurond-client-"));
  for (const uri of MINERS) miners.push(await RealMiner.start(world, uri));
  node = await world.start(VALIDATOR, {
    run: { minStakeTao: "2500", quorum: { minReporters: 1 } },
  });
  await node.announce();
  await until(async () => {
    const { neurons } = await world.chain.metagraph({ netuid: node.validator.identity.netuid });
    return neurons.filter(({ axon }) => axon !== undefined).length === MINERS.length + 1;
  });
  await node.look();
});
afterAll(async () => {
  for (const miner of miners) await miner[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come about within 5 s");
}

const signal = new AbortController().signal;

/** One signed request to the validator. */
function ask(
  path: string,
  request: Pick<SignedRequest, "method" | "body" | "contentType"> = {},
  key: Keypair = client,
) {
  return signedFetch({ key })({
    url: new URL(path, node.url),
    receiver: hotkey(VALIDATOR),
    timeoutMs: 10_000,
    signal,
    maxAnswerBytes: 4_194_304,
    ...request,
  });
}

const json = (value: unknown) => ({
  method: "POST" as const,
  body: Buffer.from(canonicalJson(value)),
  contentType: "application/json",
});
const read = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString());

/** Uploads one shard as `neurond store put` does, but for what `change` says. */
async function upload(
  { fileId, segment, index, root, sha256, shardId, size, body }: SealedShard,
  change: Readonly<Record<string, string>> = {},
) {
  const query = new URLSearchParams({
    file_id: toHex(fileId),
    segment: String(segment),
    index: String(index),
    root: toHex(root),
    sha256: toHex(sha256),
    ...change,
  });
  const stream = Readable.toWeb(Readable.from(body())) as ReadableStream<Uint8Array>;
  return ask(`/v1/storage/shards/${shardNameOf(shardId)}?${query}`, {
    method: "PUT",
    body: { stream, sha256, length: size },
    contentType: "application/octet-stream",
  });
}

/** The validator as `neurond store` knows it. */
const network = () =>
  new ValidatorNetwork({ url: new URL(node.url), hotkey: hotkey(VALIDATOR), key: client });

/** Encrypts a file and stores it; its manifest is not handed over yet. */
async function put(
  path: string,
  deliver: (shard: SealedShard) => Promise<void>,
): Promise<Manifest> {
  const through = network();
  const stored = await putFile({
    source: path,
    name: "file",
    rs: [1, MINERS.length],
    segmentBytes: SEGMENT_BYTES,
    owner: hotkeyOf(client.publicKey),
    ownerKey: OWNER_KEY,
    sign: (digest) => client.sign(digest),
    network: {
      serving: (given) => through.serving(given),
      place: (wanted, given) => through.place(wanted, given),
      deliver,
      fetch: (shard, given) => through.fetch(shard, given),
      keep: (manifest, given) => through.keep(manifest, given),
      manifest: (id, given) => through.manifest(id, given),
    },
    threads: 0,
  });
  return stored.manifest;
}

async function newFile(name: string, bytes: number): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, randomBytes(bytes));
  return path;
}

const manifestPath = (id: string) => `/v1/storage/files/${id}/manifest`;
const observations = async (runId: string): Promise<readonly Observation[]> => {
  const { log } = node.validator.stores;
  const texts = await log.read(0, await log.size());
  return texts
    .map(decodeEntry)
    .flatMap((entry) => (entry?.kind === "observation" && entry.run_id === runId ? [entry] : []));
};

describe("a client's file", () => {
  let manifest: Manifest;
  let path: string;

  test("goes through the validator to miners, each with a receipt that both signed", async () => {
    path = await newFile("story", FILE_BYTES);
    manifest = await put(path, async (shard) => {
      const answer = await upload(shard);
      expect(answer.status).toBe(201);
      const signed = parseSignedReceipt(read(answer.body));
      expect(isReceiptSigned(signed, verifySr25519Fast)).toBe(true);
      expect(signed.receipt.miner).toBe(shard.miner);
    });
    const kept = await ask(manifestPath(manifest.id), json(manifest));
    expect(kept.status).toBe(201);
  });

  test("is listed for its owner and nobody else, and its manifest is kept byte for byte", async () => {
    const listed = await ask("/v1/storage/files");
    expect(read(listed.body).files).toMatchObject([{ file_id: manifest.id }]);
    expect(read((await ask("/v1/storage/files", {}, stranger)).body).files).toEqual([]);
    const got = await ask(`/v1/storage/files/${manifest.id}`);
    expect(decodeManifest(Buffer.from(got.body).toString(), verifySr25519Fast)).toEqual(manifest);
    expect((await ask(`/v1/storage/files/${manifest.id}`, {}, stranger)).status).toBe(404);
  });

  test("comes back bit for bit", async () => {
    const back = join(directory, "back");
    await getFile({ manifest, ownerKey: OWNER_KEY, path: back, network: network(), threads: 0 });
    expect((await readFile(back)).equals(await readFile(path))).toBe(true);
  });

  test("is given to nobody but its owner", async () => {
    const shard = manifest.segments[0]?.shards[0]?.shard_id ?? "0x";
    const path = `/v1/storage/shards/${shard.slice(2)}`;
    expect((await ask(path, {}, stranger)).status).toBe(404);
  });

  test("is proved by all its miners in the next runs, and a replay says the same", async () => {
    await world.advanceTo(2 * PLAN.blocks + PLAN.beaconLag + 3, [node]);
    for (const run of ["run-1", "run-2"]) {
      const seen = await observations(run);
      expect(seen.map(({ outcome }) => outcome.kind)).toEqual(MINERS.map(() => "passed"));
      const replayed = replay({
        runId: toRunId(run),
        observations: seen,
        workloads: node.validator.workloads.map(({ workload }) => workload),
        bodyOf: await bodiesOfAll(seen),
      });
      expect(replayed.differences).toEqual([]);
    }
  });

  test("is asked of each miner along an unbroken chain of links", async () => {
    const [first, second] = [await observations("run-1"), await observations("run-2")];
    const { netuid, hotkey: validator } = node.validator.identity;
    for (const { miner, task } of second) {
      const before = first.find((seen) => seen.miner === miner);
      expect(before).toBeDefined();
      const links = linksAfter(null, { netuid, validator }, [
        {
          miner,
          slot: 0,
          task: before?.task,
          evidence: await wholeEvidence(before),
        },
      ]);
      expect(SampleTask.parse(task).prev_link).toBe(toHex(links.get(miner) ?? new Uint8Array()));
    }
  });

  test("costs a miner that throws it away its score", async () => {
    const [loser] = miners;
    await rm(join(loser?.directory ?? "", "shards"), { recursive: true, force: true });
    await world.advanceTo(3 * PLAN.blocks + PLAN.beaconLag + 3, [node]);
    const seen = await observations("run-3");
    const kinds = new Map(seen.map(({ miner, outcome }) => [miner, outcome.kind]));
    expect(kinds.get(hotkey(MINERS[0]))).toBe("offline");
    for (const uri of MINERS.slice(1)) expect(kinds.get(hotkey(uri))).toBe("passed");
  });
});

describe("the validator as a network", () => {
  networkContract(async () => ({
    network: new ValidatorNetwork({
      url: new URL(node.url),
      hotkey: hotkey(VALIDATOR),
      key: OWNER,
    }),
  }));
});

describe("the storage endpoints refuse", () => {
  /** One sealed shard of a small file, as it would be delivered. */
  async function oneShard(name: string): Promise<SealedShard> {
    const deliveries: SealedShard[] = [];
    await put(await newFile(name, 10_000), async (shard) => {
      // Its buffer holds another shard when it has been delivered.
      const pieces: Uint8Array[] = [];
      for await (const piece of shard.body()) pieces.push(Uint8Array.from(piece));
      deliveries.push({
        ...shard,
        async *body() {
          for (const piece of pieces) yield Uint8Array.from(piece);
        },
      });
    });
    const [first] = deliveries;
    if (first === undefined) throw new Error("nothing was delivered");
    return first;
  }

  test("a shard that is no miner's", async () => {
    const answer = await upload(await oneShard("a"), { index: "7" });
    expect(answer.status).toBe(404);
    expect(read(answer.body).code).toBe("PLACEMENT_UNKNOWN");
  });

  test("bytes that are not what the root promises, and the miner keeps nothing", async () => {
    const shard = await oneShard("b");
    const wrong = await upload(shard, { root: toHex(randomBytes(32)) });
    expect(wrong.status).toBe(502);
    expect(read(wrong.body)).toMatchObject({ code: "MINER_REFUSED" });
    expect((await upload(shard)).status).toBe(201);
  });

  test("the same shard twice", async () => {
    const shard = await oneShard("c");
    expect((await upload(shard)).status).toBe(201);
    const again = await upload(shard);
    expect([again.status, read(again.body).code]).toEqual([409, "SHARD_EXISTS"]);
  });

  test("a body that somebody else's signature covers, before the miner has all of it", async () => {
    const shard = await oneShard("d");
    const forged = { ...shard, sha256: randomBytes(32) };
    const answer = await upload(forged, { sha256: toHex(shard.sha256) });
    expect([answer.status, read(answer.body).code]).toEqual([401, "BAD_SIGNATURE"]);
    expect((await upload(shard)).status).toBe(201);
  });

  test("a manifest of shards that were never stored", async () => {
    const manifest = await put(await newFile("e", 10_000), async () => undefined);
    const answer = await ask(manifestPath(manifest.id), json(manifest));
    expect([answer.status, read(answer.body).code]).toEqual([422, "MANIFEST_REFUSED"]);
  });

  test("more shards than there are miners", async () => {
    const file = { file_id: toHex(randomBytes(32)), segment: 0, shards: 5 };
    const answer = await ask("/v1/storage/files", json(file));
    expect([answer.status, read(answer.body).code]).toEqual([503, "MINERS_TOO_FEW"]);
  });

  test("whoever does not sign", async () => {
    for (const path of ["/v1/storage/files", `/v1/storage/shards/${"00".repeat(32)}`]) {
      expect((await fetch(new URL(path, node.url))).status).toBe(401);
    }
  });
});

/** The body look-up of a replay, with everything these observations name. */
async function bodiesOfAll(seen: readonly Observation[]) {
  const names = seen.flatMap(({ task, evidence }) => [...bodiesOf(task), ...bodiesOf(evidence)]);
  const bodies = new Map<string, Uint8Array>();
  for (const name of names) {
    const answer = await fetch(new URL(`/v1/bodies/${name}`, node.url));
    bodies.set(name, new Uint8Array(await answer.arrayBuffer()));
  }
  return (name: string) => bodies.get(name);
}

async function wholeEvidence(seen: Observation | undefined): Promise<unknown> {
  if (seen === undefined) return null;
  const attached = attachBodies(seen.evidence, await bodiesOfAll([seen]));
  return attached.ok ? attached.value : null;
}
