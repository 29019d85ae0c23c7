import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { receiptDigest, shardRoot } from "@neurond/workload-storage";
import { ShardStore } from "@neurond/workload-storage/io";
import { expect, test } from "vitest";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const SCRIPT = fileURLToPath(
  new URL("../../../scripts/migrate_database_directory.sh", import.meta.url),
);
const [validator, miner] = [keypairFromUri("//Validator"), keypairFromUri("//Miner")];

/** A miner's directory with one shard in it, and a place beside it. */
async function house() {
  const directory = await temporaryDirectory();
  const from = join(directory, "old");
  const store = await ShardStore.open({ directory: from, reserveBytes: 0 });
  const bytes = randomBytes(50_000);
  const receipt = {
    netuid: toNetuid(1),
    validator: hotkeyOf(validator.publicKey),
    miner: hotkeyOf(miner.publicKey),
    shardId: randomBytes(32),
    root: shardRoot(bytes),
    size: bytes.length,
    storedBlock: 1,
    expiresBlock: 9,
  };
  const digest = receiptDigest(receipt);
  const [validatorSignature, minerSignature] = [validator.sign(digest), miner.sign(digest)];
  await store.accept(
    { receipt, validatorSignature, minerSignature },
    (async function* () {
      yield bytes;
    })(),
  );
  return { from, to: join(directory, "new") };
}

test("a miner's directory is copied, and said how", async () => {
  const { from, to } = await house();
  const line = ["migrate", "--from", from, "--to", to, "--json"];
  const dry = await run([...line, "--dry-run"]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, shards: 1, copied: 0 });
  const done = await run([...line, "--verify"]);
  expect(done.exitCode).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ from, to, copied: 1, verified: 1, left: [] });
  const again = await run(["migrate", "--from", from, "--to", to, "--index", "3"]);
  expect(again.stdout).toContain("0 shards copied, 1 were there");
  expect(again.stdout).toContain(`set storage.directory to ${to}`);
});

test("directories that lie in each other, or are not given, are refused", async () => {
  const { from } = await house();
  for (const line of [[], ["--from", from], ["--from", from, "--to", join(from, "new")]]) {
    const { exitCode, stderr } = await run(["migrate", ...line]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("USAGE")]);
  }
  const nothing = join(from, "..", "nothing");
  const { exitCode, stderr } = await run(["migrate", "--from", nothing, "--to", `${nothing}-new`]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("SHARD_MISSING")]);
});

test("the script of the first release takes its three arguments, and no other number", async () => {
  const { from, to } = await house();
  const { status, stderr } = spawnSync(SCRIPT, [from, to], { encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("OLD NEW INDEX")]);
  expect(execFileSync(SCRIPT, [from, to, "0"], { encoding: "utf8" })).toContain("1 shards copied");
});
