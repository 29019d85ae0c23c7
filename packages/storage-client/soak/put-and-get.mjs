// Puts and gets files of real lengths with 24 miners on disk, of which it loses 14 between the two, and
// says how fast it was and how much memory it took. `--bytes <n>` replaces the two lengths; `--json`
// prints one line for each.
import { createCipheriv, createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { keypairFromUri } from "@neurond/crypto";
import { fromHex, hotkeyOf } from "@neurond/primitives";
import { putFile, StoredFileReader } from "@neurond/storage-client";
import { peakRssBytes } from "@neurond/testing/memory";
import { ownerKey } from "@neurond/workload-storage/file";
import { DiskNetwork } from "./disk-network.mjs";

const LENGTHS = [Math.round(1.7 * 2 ** 30), 5_000_000_000];
const RS = [10, 24];
const MAX_RSS_BYTES = 300_000_000;
const CHUNK_BYTES = 262_144;
/** Made once: a source that leaves garbage behind would be measured with the client. */
const BLOCK = createCipheriv("aes-256-ctr", Buffer.alloc(32, 1), Buffer.alloc(16)).update(
  Buffer.alloc(1_048_576),
);
const STRIDE_BYTES = 4_099;

const { values } = parseArgs({
  options: { bytes: { type: "string", multiple: true }, json: { type: "boolean", default: false } },
});
const key = keypairFromUri("//Client");
const box = ownerKey(new Uint8Array(64).fill(7));

/** Bytes that look random, the same every time, and no two chunks in a row alike. */
async function* contentOf(length) {
  for (let at = 0, chunk = 0; at < length; at += CHUNK_BYTES, chunk += 1) {
    const from = (chunk * STRIDE_BYTES) % (BLOCK.length - CHUNK_BYTES);
    yield BLOCK.subarray(from, from + Math.min(CHUNK_BYTES, length - at));
  }
}

async function digestOf(source) {
  const digest = createHash("sha256");
  for await (const bytes of source) digest.update(bytes);
  return digest.digest("hex");
}

async function soak(length) {
  const directory = await mkdtemp(join(tmpdir(), "neurond-soak-"));
  try {
    const network = new DiskNetwork(directory, RS[1]);
    const began = performance.now();
    const { manifest } = await putFile({
      source: contentOf(length),
      name: "soak",
      network,
      owner: hotkeyOf(key.publicKey),
      ownerKey: box,
      sign: (digest) => key.sign(digest),
      rs: RS,
    });
    const putMs = performance.now() - began;
    const putPeakRssBytes = peakRssBytes();
    for (const { index, shards } of manifest.segments) {
      // Others of each segment, data among them.
      const lost = shards.filter(({ i }) => (i + index) % RS[1] < RS[1] - RS[0]);
      for (const { shard_id } of lost) await network.lose(fromHex(shard_id));
    }
    const got = performance.now();
    await using file = new StoredFileReader({ manifest, ownerKey: box, network });
    const isSame = (await digestOf(file.views())) === (await digestOf(contentOf(length)));
    const getMs = performance.now() - got;
    const rate = (ms) => Math.round(length / ms / 1000);
    const isWhole = isSame && file.size === length;
    return {
      bytes: length,
      isWhole,
      putMBps: rate(putMs),
      getMBps: rate(getMs),
      putPeakRssBytes,
      peakRssBytes: peakRssBytes(),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

for (const length of values.bytes?.map(Number) ?? LENGTHS) {
  const result = await soak(length);
  const { bytes, isWhole, putMBps, getMBps, putPeakRssBytes, peakRssBytes } = result;
  const [putPeak, peak, most] = [putPeakRssBytes, peakRssBytes, MAX_RSS_BYTES].map((size) =>
    Math.round(size / 1e6),
  );
  const line = `${bytes} bytes: ${isWhole ? "whole" : "NOT WHOLE"}, put ${putMBps} MB/s, get ${getMBps} MB/s with 14 of 24 lost, peak RSS ${putPeak} MB after put, ${peak} MB after get, ${peakRssBytes > MAX_RSS_BYTES ? "MORE THAN" : "within"} ${most} MB`;
  process.stdout.write(`${values.json ? JSON.stringify(result) : line}\n`);
  if (!isWhole || peakRssBytes > MAX_RSS_BYTES) process.exitCode = 1;
}
