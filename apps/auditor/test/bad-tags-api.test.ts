import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadTagDirectory } from "@neurond/audit/io";
import { toNetuid } from "@neurond/primitives";
import { BAD_TAG_PARTIES, badTagProof } from "@neurond/testing/bad-tag";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { serveBadTags } from "../src/bad-tags-api.ts";
import { auditorApp } from "./auditor-app.ts";

const { netuid, validator } = BAD_TAG_PARTIES;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-door-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

async function door(audited: readonly string[] = [validator]) {
  const app = await auditorApp();
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
  const proof = await badTagProof();
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
  const proof = await badTagProof();
  const refused = { status: 422, code: "PROOF_REFUSED" };
  expect(await send(await badTagProof({ off: 0 }))).toMatchObject(refused);
  expect(await send(await badTagProof({ netuid: toNetuid(3) }))).toMatchObject(refused);
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
