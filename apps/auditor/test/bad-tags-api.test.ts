import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadTagDirectory } from "@neurond/audit/io";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { createApp, createLogger, Health, Registry } from "@neurond/runtime";
import { type Entry, LEAF_BYTES, shardRoot } from "@neurond/workload-storage";
import {
  type Grant,
  grantDigest,
  minerKey,
  periodSecret,
  proveBadTag,
  recordBadTag,
  tagRoot,
  tagShard,
} from "@neurond/workload-storage/sweep";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { serveBadTags } from "../src/bad-tags-api.ts";
import { HTTP_STATUS } from "../src/errors.ts";

const netuid = toNetuid(2);
const [validator, miner] = [keypairFromUri("//Validator1"), keypairFromUri("//Miner1")];
const parties = {
  netuid,
  validator: hotkeyOf(validator.publicKey),
  miner: hotkeyOf(miner.publicKey),
};
const PERIOD = 5;

/** A miner's proof about one shard of two rows, of which the second's tag is off by `off`. */
async function proofOf({ off = 1, about = netuid } = {}) {
  const who = { ...parties, netuid: about };
  const bytes = new Uint8Array(20_000).fill(7);
  const entry: Entry = {
    shardId: new Uint8Array(32).fill(3),
    root: shardRoot(bytes),
    size: 20_000,
  };
  const secret = periodSecret(new Uint8Array(32).fill(9), { netuid: about, period: PERIOD });
  const tags = tagShard(bytes, entry, minerKey(secret, who.miner));
  tags[16] = (tags[16] ?? 0) ^ off;
  const grant: Grant = { ...who, ...entry, firstPeriod: PERIOD, tagRoots: [tagRoot(tags)] };
  const signed = {
    grant,
    validatorSignature: validator.sign(grantDigest(grant)),
    minerSignature: miner.sign(grantDigest(grant)),
  };
  const part = (from: number, to: number) => bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES);
  const proof = await proveBadTag(
    { grant: signed, period: PERIOD, secret, row: 1, tags },
    {
      readSample: async ({ leaves, ranges }) => ({
        leaves: leaves.map((leaf) => part(leaf, leaf + 1)),
        hashes: ranges.map(({ from, to }) => shardRoot(part(from, to))),
      }),
    },
  );
  return { kind: "bad-tag", v: 1, ...recordBadTag(proof) };
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-door-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

async function door(audited: readonly string[] = [parties.validator]) {
  const app = await createApp({
    title: "auditor",
    version: "0",
    log: createLogger("auditor", "fatal"),
    health: new Health(),
    registry: new Registry(),
    statusOf: HTTP_STATUS,
  });
  onTestFinished(() => app.close());
  const inbox = new BadTagDirectory(directory);
  serveBadTags(app, { netuid, audited: async () => audited, inbox });
  return async (payload: object | string) => {
    const headers = { "content-type": "application/json" };
    const body = typeof payload === "string" ? payload : JSON.stringify(payload);
    const response = await app.inject({ method: "POST", url: "/v1/bad-tags", headers, body });
    return { status: response.statusCode, ...response.json() };
  };
}

test("a proof that shows a wrong tag waits for the next run, once however often it is sent", async () => {
  const send = await door();
  const proof = await proofOf();
  expect(await send(proof)).toEqual({ status: 202, taken: "kept" });
  expect(await send(proof)).toEqual({ status: 200, taken: "known" });
  const [file = "", ...more] = await readdir(directory);
  expect(more).toEqual([]);
  expect(JSON.parse(await readFile(join(directory, file), "utf8"))).toEqual(proof);
  const inbox = new BadTagDirectory(directory);
  await inbox.done([file]);
  expect(await send(proof)).toMatchObject({ taken: "known" });
});

test("nothing else is kept: honest tags, other signatures, other subnets, strangers, long bodies", async () => {
  const send = await door();
  const proof = await proofOf();
  const refused = { status: 422, code: "PROOF_REFUSED" };
  expect(await send(await proofOf({ off: 0 }))).toMatchObject(refused);
  expect(await send(await proofOf({ about: toNetuid(3) }))).toMatchObject(refused);
  const { grant } = proof;
  const unsigned = { ...grant, miner_signature: grant.validator_signature };
  expect(await send({ ...proof, grant: unsigned })).toMatchObject(refused);
  expect(await (await door([]))(proof)).toMatchObject(refused);
  expect((await send({ ...proof, row: "1" })).status).toBe(400);
  expect((await send(`${JSON.stringify(proof)}${" ".repeat(70_000)}`)).status).toBe(413);
  expect(await readdir(directory)).toEqual([]);
});

test("one address cannot keep the auditor busy", async () => {
  const send = await door();
  const answers = [];
  for (let at = 0; at < 31; at += 1) answers.push((await send({})).status);
  expect(answers.slice(0, 30).every((status) => status === 400)).toBe(true);
  expect(answers.at(-1)).toBe(429);
});
