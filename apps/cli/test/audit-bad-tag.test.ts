import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
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
import { expect, onTestFinished, test } from "vitest";
import { AuditBadTagShape } from "../src/commands/audit/bad-tag-schema.ts";
import { run } from "./run.ts";

const [validator, holder] = [keypairFromUri("//Validator1"), keypairFromUri("//Miner1")];
const netuid = toNetuid(2);
const parties = {
  netuid,
  validator: hotkeyOf(validator.publicKey),
  miner: hotkeyOf(holder.publicKey),
};

/** A miner's file about a shard of one row, whose tag is off by `off`. */
async function proofOf(off: number): Promise<string> {
  const bytes = new Uint8Array(9_000).fill(7);
  const entry: Entry = { shardId: new Uint8Array(32).fill(3), root: shardRoot(bytes), size: 9_000 };
  const secret = periodSecret(new Uint8Array(32).fill(9), { netuid, period: 5 });
  const tags = tagShard(bytes, entry, minerKey(secret, parties.miner));
  tags[0] = (tags[0] ?? 0) ^ off;
  const grant: Grant = { ...parties, ...entry, firstPeriod: 5, tagRoots: [tagRoot(tags)] };
  const [validatorSignature, minerSignature] = [validator, holder].map((key) =>
    key.sign(grantDigest(grant)),
  ) as [Uint8Array, Uint8Array];
  const signed = { grant, validatorSignature, minerSignature };
  const part = (leaf: number) => bytes.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES);
  const proof = await proveBadTag(
    { grant: signed, period: 5, secret, row: 0, tags },
    { readSample: async ({ leaves }) => ({ leaves: leaves.map(part), hashes: [] }) },
  );
  return JSON.stringify({ kind: "bad-tag", v: 1, ...recordBadTag(proof) });
}

async function auditor(status: number, answer: object): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const check = async (input: string, submit?: string) => {
  const argv = ["audit", "bad-tag", "-", "--json", ...(submit ? ["--submit", submit] : [])];
  const { exitCode, stdout } = await run(argv, { input });
  return { exitCode, result: AuditBadTagShape.parse(JSON.parse(stdout)) };
};

test("a wrong tag is shown without any network, and a right one is not", async () => {
  const shown = await check(await proofOf(1));
  expect(shown).toMatchObject({ exitCode: 0, result: { verdict: "shown", period: 5, row: 0 } });
  const honest = await check(await proofOf(0), "http://127.0.0.1:1");
  const refused = { verdict: "refused", reason: "TAG_HONEST", submitted: [] };
  expect(honest).toMatchObject({ exitCode: 1, result: refused });
});

test("every auditor is told, and what each makes of it is said", async () => {
  const proof = await proofOf(1);
  const [keeps, refuses] = [
    await auditor(202, { taken: "kept" }),
    await auditor(422, { detail: "not audited here", code: "PROOF_REFUSED" }),
  ];
  expect((await check(proof, keeps)).exitCode).toBe(0);
  const { exitCode, result } = await check(proof, `${keeps},${refuses},http://127.0.0.1:1`);
  expect(exitCode).toBe(1);
  expect(result.submitted.map(({ taken, ok }) => [taken, ok])).toEqual([
    ["kept", true],
    ["not audited here", false],
    ["does not answer", false],
  ]);
});

test("what is no proof of a wrong tag is bad input", async () => {
  expect(await run(["audit", "bad-tag", "-"], { input: "hello" })).toMatchObject({ exitCode: 2 });
  const empty = '{"kind":"bad-tag"}';
  expect(await run(["audit", "bad-tag", "-"], { input: empty })).toMatchObject({ exitCode: 2 });
});
