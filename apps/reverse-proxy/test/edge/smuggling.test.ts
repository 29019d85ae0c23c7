import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBackend, openStage, sendRaw, statusesOf } from "../stage.ts";

interface Case {
  readonly name: string;
  readonly raw: string;
  /** Whether the client closes its side behind the bytes. */
  readonly endsShort?: boolean;
  /** Of the answers, in order; empty where the connection just closes. */
  readonly statuses: readonly number[];
  /** What the backend gets: method, target, body. */
  readonly seen: readonly string[];
}

const CORPUS = new URL("../vectors/smuggling.json", import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(CORPUS, "utf8"));

describe("bytes on a connection mean to the backend what they mean to us, or nothing", () => {
  let backend: Awaited<ReturnType<typeof openBackend>>;
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeAll(async () => {
    backend = await openBackend();
    stage = await openStage({ url: backend.url });
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
  });

  test.each(cases)("$name", async ({ raw, statuses, seen, endsShort }) => {
    backend.seen.length = 0;
    const answers = await sendRaw(stage.port, raw, endsShort);
    expect(statusesOf(answers)).toEqual(statuses);
    // Requests of one packet go on at once, over connections of their own.
    expect(backend.seen.map(({ line }) => line).sort()).toEqual([...seen].sort());
  });
});
