import { execFile } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { keypairFromUri } from "@neurond/crypto";
import { ErasureCode } from "@neurond/erasure";
import { hotkeyOf } from "@neurond/primitives";
import { putFile, type StorageNetwork, StoredFileReader } from "@neurond/storage-client";
import {
  KeptThreads,
  Meter,
  type PutContext,
  putSegment,
  Slab,
  Slots,
} from "@neurond/storage-client/parts";
import {
  type Manifest,
  ownerKey,
  type RsPlan,
  SEGMENT_BYTES,
  shardBytes,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { Row } from "../../bench.ts";
import { LoopbackMiners } from "./loopback-miners.ts";

const MIB = 1_048_576;
const SEGMENTS_MIB = 256;
const RS: RsPlan = [10, 24];
const SHARD_BYTES = 6_710_887;
/** Bytes of the file that memory is measured with; 5,000,000,000 is the promise. */
const SOAK_BYTES = process.env["BENCH_STORAGE_BYTES"] ?? "400000000";
const SOAK = fileURLToPath(import.meta.resolve("@neurond/storage-client/soak"));

const key = keypairFromUri("//Client");
const BOX = ownerKey(new Uint8Array(64).fill(7));
const MINERS = Array.from({ length: RS[1] }, (_, at) =>
  hotkeyOf(keypairFromUri(`//Miner${at}`).publicKey),
);

const PUT_NOTE =
  "all that a client does: reads, hashes and encrypts the file, codes, seals, builds both trees of every shard, hashes its body for the signature; nothing is sent";

/** What putting and getting a file costs its owner's machine. */
export async function clientRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  const rate = { unit: "MB/s", better: "higher", runs: 3 } as const;
  const miners = resources.use(await LoopbackMiners.start(MINERS, { keeps: true }));
  const { manifest } = await put(miners);
  return [
    {
      metric: "storage.put_compute",
      ...rate,
      target: 250,
      measure: () => megabytesPerSecond(SEGMENTS_MIB, makeShards),
      note: "parity, seal, and the trees of every shard sealed and unsealed, which the manifest names: of segments that are encrypted",
      reference: {
        name: "SHA-256 alone, two threads' worth",
        measure: async () => 2 * (await sha256Rate()),
      },
    },
    {
      metric: "storage.put_client",
      ...rate,
      target: null,
      measure: () => megabytesPerSecond(SEGMENTS_MIB, () => put(nowhere(miners))),
      note: PUT_NOTE,
    },
    {
      metric: "storage.put_client_cpu",
      ...{ unit: "ms/MB", better: "lower", runs: 3, target: null },
      measure: () => cpuPerMegabyte(SEGMENTS_MIB, () => put(nowhere(miners))),
      note: "time of all cores for the same; other work on the machine hardly shows in it",
    },
    { metric: "storage.aes_256_ctr", ...rate, target: null, measure: aesRate },
    { metric: "storage.rs_10_of_24_kernel", ...rate, target: null, measure: kernelRate },
    {
      metric: "storage.get_loopback",
      ...rate,
      target: 400,
      measure: () => megabytesPerSecond(SEGMENTS_MIB, () => get(miners, manifest)),
      note: "with the miners on the same cores; the file is compared with what was stored",
    },
    {
      metric: "storage.client_peak_rss",
      unit: "MB",
      better: "lower",
      target: 300,
      runs: 1,
      measure: peakRss,
    },
  ];
}

async function* content(): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(MIB).fill(7);
  for (let at = 0; at < SEGMENTS_MIB; at += 1) yield chunk;
}

const nobody = () => new Error("nobody is asked here");

type Miners = Pick<StorageNetwork, "serving" | "place" | "deliver" | "fetch">;

function put(miners: Miners) {
  const network: StorageNetwork = {
    serving: (signal) => miners.serving(signal),
    place: (wanted, signal) => miners.place(wanted, signal),
    deliver: (shard, signal) => miners.deliver(shard, signal),
    fetch: (shard, signal) => miners.fetch(shard, signal),
    keep: () => Promise.reject(nobody()),
    manifest: () => Promise.reject(nobody()),
  };
  return putFile({
    ...{ source: content(), name: "bench", network, rs: RS, ownerKey: BOX },
    owner: hotkeyOf(key.publicKey),
    sign: (digest) => key.sign(digest),
  });
}

/** Takes everything at once: what is left is encrypting, coding, sealing and hashing. */
function nowhere(miners: LoopbackMiners): Miners {
  return {
    serving: () => miners.serving(),
    place: (wanted) => miners.place(wanted),
    deliver: async () => undefined,
    fetch: (shard, signal) => miners.fetch(shard, signal),
  };
}

/** What `putFile` does with segments once they are encrypted, but for their bodies' hashes. */
async function makeShards(): Promise<void> {
  const [k, n] = RS;
  const size = shardBytes(SEGMENT_BYTES, k);
  await using workers = new KeptThreads(availableParallelism());
  using slab = new Slab(k * size);
  using slots = Slots.ofSegment(n, size);
  const context: PutContext = {
    ...{ fileId: new Uint8Array(32), sealSecret: new Uint8Array(32), custodian: null, rs: RS },
    ...{ minShards: n, isSigned: false, workers, slots, meter: new Meter(undefined) },
    network: { deliver: async () => undefined, place: () => Promise.reject(nobody()) },
    signal: new AbortController().signal,
  };
  const indices = Array.from({ length: (SEGMENTS_MIB * MIB) / SEGMENT_BYTES }, (_, at) => at);
  await Promise.all(
    indices.map((index) => {
      const segment = { index, data: slab.bytes, bytes: SEGMENT_BYTES, miners: MINERS };
      return putSegment(context, segment).stored;
    }),
  );
}

async function get(network: LoopbackMiners, manifest: Manifest): Promise<void> {
  await using file = new StoredFileReader({ manifest, ownerKey: BOX, network });
  const digest = createHash("sha256");
  for await (const view of file.views()) digest.update(view);
  if (`0x${digest.digest("hex")}` !== file.sha256) throw new Error("another file came back");
}

async function megabytesPerSecond(mebibytes: number, work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (mebibytes * MIB) / (performance.now() - began) / 1000;
}

async function cpuPerMegabyte(mebibytes: number, work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / ((mebibytes * MIB) / 1e6);
}

const pieces = 256;
const piece = new Uint8Array(262_144).fill(9);

function sha256Rate(): Promise<number> {
  return megabytesPerSecond(64, () => {
    const digest = createHash("sha256");
    for (let at = 0; at < pieces; at += 1) digest.update(piece);
    digest.digest();
  });
}

function aesRate(): Promise<number> {
  return megabytesPerSecond(64, () => {
    const cipher = createCipheriv("aes-256-ctr", new Uint8Array(32), new Uint8Array(16));
    for (let at = 0; at < pieces; at += 1) cipher.update(piece);
  });
}

/** Bytes of data for which all parity is made, on one core. */
function kernelRate(): Promise<number> {
  const code = new ErasureCode(...RS);
  const data = Array.from({ length: RS[0] }, () => new Uint8Array(SHARD_BYTES));
  const nowhere = () => undefined;
  return megabytesPerSecond(64, () => code.makeParity(data, RS[0], RS[1] - RS[0], nowhere));
}

const Soaked = z.object({ isWhole: z.literal(true), peakRssBytes: z.number() });

/** Of a process of its own, run from what `npm run build` made, that puts a file, loses 14 of 24 shards of each segment, and gets it. */
async function peakRss(): Promise<number> {
  const args = [SOAK, "--json", "--bytes", SOAK_BYTES];
  // Its exit code says that memory was exceeded, and that is what the figure is for.
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  return Soaked.parse(JSON.parse(stdout)).peakRssBytes / 1e6;
}
