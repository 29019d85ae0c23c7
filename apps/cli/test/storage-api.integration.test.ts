import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { KeyRing, secretBox } from "@neurond/storage-api";
import { AccessKeys, type Database } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.ts";

const owner = hotkeyOf(keypairFromUri("//Alice").publicKey);
let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const call = (...args: readonly string[]) =>
  run(["storage-api", ...args, "--json"], {
    env: {
      NETUID: "21",
      BT_HOTKEY_URI: "//Node",
      DATABASE_URL: database.url,
      NEUROND_STORAGE_API_DATABASE_SCHEMA: database.schema,
    },
  });

test("access keys are made, which the node can open, listed without secrets, and removed", async () => {
  const added = await call("keys-add", owner, "--label", "laptop");
  expect(added.stdout).not.toContain("error");
  const { accessKeyId, secretAccessKey } = JSON.parse(added.stdout);
  const box = secretBox(keypairFromUri("//Node").exportSecret());
  const ring = new KeyRing({ keys: new AccessKeys(database.kysely), box, now: Date.now });
  expect(await ring.find(accessKeyId)).toEqual({ owner, secret: secretAccessKey });
  const listed = await call("keys-list");
  expect(JSON.parse(listed.stdout).keys).toMatchObject([{ accessKeyId, owner, label: "laptop" }]);
  expect(listed.stdout).not.toContain(secretAccessKey);
  expect((await call("keys-remove", accessKeyId)).exitCode).toBe(0);
  expect((await call("keys-remove", accessKeyId)).exitCode).toBe(1);
  expect(JSON.parse((await call("keys-list")).stdout)).toEqual({ keys: [] });
});

test("a key for what is no hotkey is refused", async () => {
  const { exitCode, stdout } = await call("keys-add", "5Nobody");
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain("SS58_INVALID");
});
