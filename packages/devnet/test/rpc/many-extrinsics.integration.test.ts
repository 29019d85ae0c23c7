import type { Hex } from "@neurond/primitives";
import { expect, it } from "vitest";
import { startDevnet } from "../../src/index.ts";
import { Client } from "./client.ts";
import { addressOf, alice, remark, sign } from "./signer.ts";

const COUNT = 400;

it(`${COUNT} signed extrinsics that come at once through one socket are all in blocks`, async () => {
  await using net = await startDevnet({ preset: "empty", blockTimeMs: 100, beacon: false });
  await using client = await Client.connect(net.url);
  const extrinsics: Hex[] = [];
  for (let nonce = 0; nonce < COUNT; nonce += 1) {
    extrinsics.push(await sign(client, alice, remark(`${nonce}`), { nonce }));
  }
  await Promise.all(extrinsics.map((bytes) => client.call("author_submitExtrinsic", bytes)));
  while ((await client.call<Hex[]>("author_pendingExtrinsics")).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await client.call("account_nextIndex", addressOf(alice))).toBe(COUNT);
});
