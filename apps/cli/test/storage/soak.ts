/**
 * Puts, gets and deletes files of every length of the acceptance list by the command line, through a
 * validator process and 24 miner processes, of which 14 are killed before the longest file is fetched.
 * `--bytes <n>` replaces the lengths, `--miners <n>` the miners; with short `--segment-bytes <n>` a file
 * has as many shards as a far longer one. `--json` prints one line for each.
 */
import { createCipheriv, createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SEGMENT_BYTES } from "@neurond/workload-storage/file";
import { PutShape } from "../../src/commands/store/schemas.ts";
import { type Measured, measured } from "./measured-client.ts";
import { StorageDaemons } from "./storage-daemons.ts";

const SMALL = [
  0,
  1,
  200,
  223,
  224,
  65_535,
  2 ** 20,
  4_000_000,
  20_000_000,
  2 ** 26 - 1,
  2 ** 26,
  2 ** 26 + 1,
];
const LONG = [Math.round(1.7 * 2 ** 30), 5_000_000_000];
const MAX_RSS_BYTES = 300_000_000;
/** Of the holders of each segment, before the longest file is fetched. */
const KILLED = 14;
const CHUNK_BYTES = 1_048_576;
const BUILT = { isBuilt: true };

const { values } = parseArgs({
  options: {
    bytes: { type: "string", multiple: true },
    miners: { type: "string", default: "24" },
    "segment-bytes": { type: "string", default: String(SEGMENT_BYTES) },
    directory: { type: "string", default: tmpdir() },
    json: { type: "boolean", default: false },
  },
});

/** A file to be stored: of bytes that do not compress, or a hole of that length. */
interface Case {
  readonly bytes: number;
  readonly isHole: boolean;
}

const given = values.bytes?.map(Number);
const cases: readonly Case[] = [
  ...(given ?? [...SMALL, ...LONG]).map((bytes) => ({ bytes, isHole: false })),
  { bytes: Math.max(...(given ?? LONG)), isHole: true },
];
const longest = Math.max(...cases.map(({ bytes }) => bytes));
const root = await mkdtemp(join(values.directory, "neurond-soak-"));
// The database has a user of its own.
await chmod(root, 0o755);
await using daemons = await StorageDaemons.start({
  root: join(root, "net"),
  miners: Number(values.miners),
  blockTimeMs: 4_000,
});
try {
  for (const one of cases) await soak(one);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function soak({ bytes, isHole }: Case): Promise<void> {
  const path = join(root, "file");
  await make(path, { bytes, isHole });
  const before = await digestOf(path);
  const where = ["--directory", join(root, "records"), "--uri", "//Client", "--json"];
  const through = ["--validator", daemons.validatorUrl.href];
  const how = ["--segment-bytes", values["segment-bytes"], ...through];
  const put = await measured(["store", "put", path, ...how, ...where], root, BUILT);
  succeeded(put);
  const { fileId, rs } = PutShape.parse(JSON.parse(put.stdout));
  await rm(path);
  const isCut = bytes === longest && !isHole && rs[1] - rs[0] >= KILLED;
  const victims = isCut ? daemons.minerNames.slice(0, KILLED) : [];
  for (const name of victims) await daemons.kill(name);
  const output = join(root, "back");
  const get = await measured(["store", "get", fileId, "--output", output, ...where], root, BUILT);
  succeeded(get);
  const isWhole = (await digestOf(output)) === before;
  await rm(output);
  await daemons.revive(victims);
  await daemons.allReady(600_000);
  succeeded(await measured(["store", "rm", fileId, ...through, ...where], root, BUILT));
  tell({ bytes, isHole, rs, isWhole, killed: victims.length, put, get, left: await bytesLeft() });
}

function tell(told: {
  readonly bytes: number;
  readonly isHole: boolean;
  readonly rs: readonly number[];
  readonly isWhole: boolean;
  readonly killed: number;
  readonly put: Measured;
  readonly get: Measured;
  readonly left: number;
}): void {
  const { bytes, isHole, rs, isWhole, killed, put, get, left } = told;
  const { peakRssBytes: putPeakRssBytes } = put;
  const { peakRssBytes: getPeakRssBytes } = get;
  const seconds = [put.seconds, get.seconds].map((one) => Number(one.toFixed(1)));
  const [putSeconds, getSeconds] = seconds;
  const line = `${bytes} bytes${isHole ? " of a hole" : ""} in ${rs.join(" of ")}: ${isWhole ? "whole" : "NOT WHOLE"}, put ${putSeconds} s, get ${getSeconds} s${killed > 0 ? ` with ${killed} miners killed` : ""}, peaks ${[putPeakRssBytes, getPeakRssBytes].map((peak) => Math.round(peak / 1e6)).join(" and ")} MB, ${left} bytes left on miners`;
  const record = {
    bytes,
    isHole,
    rs,
    isWhole,
    putSeconds,
    getSeconds,
    killed,
    putPeakRssBytes,
    getPeakRssBytes,
    left,
  };
  process.stdout.write(`${values.json ? JSON.stringify(record) : line}\n`);
  if (!isWhole || Math.max(putPeakRssBytes, getPeakRssBytes) > MAX_RSS_BYTES || left > 0)
    process.exitCode = 1;
}

/** Bytes of shards that miners have after a deletion; the last to hear of it a moment later. */
async function bytesLeft(): Promise<number> {
  let left = 0;
  for (let tries = 0; tries < 30; tries += 1) {
    left = 0;
    for (const name of daemons.minerNames) left += await daemons.heldBy(name);
    if (left === 0) break;
    await sleep(1_000);
  }
  return left;
}

function succeeded({ exitCode, stdout, stderr }: Measured): void {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}${stdout}`);
}

async function make(path: string, { bytes, isHole }: Case): Promise<void> {
  await writeFile(path, "");
  if (isHole) return truncate(path, bytes);
  const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32, 1), Buffer.alloc(16));
  async function* content() {
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      yield cipher.update(Buffer.alloc(Math.min(CHUNK_BYTES, bytes - at)));
    }
  }
  await pipeline(content(), createWriteStream(path));
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
    hash.update(piece);
  return hash.digest("hex");
}
