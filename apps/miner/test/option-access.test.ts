import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subnet } from "@neurond/admission";
import type { Principal } from "@neurond/epistula";
import { type Hotkey, hotkeyOf, parseTao } from "@neurond/primitives";
import { MINER_ACCESS } from "@neurond/storage-rules";
import { expect, test } from "vitest";
import { optionAccess } from "../src/access/option-access.ts";
import { RequestLog } from "../src/access/request-log.ts";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const [black, white, stranger, validator, plain] = [1, 2, 3, 4, 5].map(key) as [
  Hotkey,
  Hotkey,
  Hotkey,
  Hotkey,
  Hotkey,
];
const neuron = (hotkey: Hotkey, uid: number, tao: string, validatorPermit: boolean) => {
  const stake = parseTao(tao);
  const coldkey = key(99);
  return { hotkey, uid, coldkey, validatorPermit, totalStake: stake, alphaStake: stake };
};
const neurons = [
  neuron(black, 0, "1000", true),
  neuron(validator, 1, "1000", true),
  neuron(plain, 2, "1", false),
];
const subnet = {
  netuid: 21,
  byHotkey: new Map(neurons.map((one) => [one.hotkey, one])),
} as object as Subnet;
const principal = (hotkey: Hotkey) => ({ hotkey }) as Principal;

test("rules speak in their order: lists, registration, permit, stake", () => {
  const rules = { ...MINER_ACCESS, blacklist: new Set([black]), whitelist: new Set([white]) };
  const { admit } = optionAccess(
    () => subnet,
    rules,
    () => 0,
  );
  expect(admit(black)).toMatchObject({ admitted: false, code: "SENDER_NOT_ALLOWED" });
  expect(admit(white)).toMatchObject({ admitted: true, standing: null });
  expect(admit(stranger)).toMatchObject({ admitted: false, code: "NOT_REGISTERED" });
  expect(admit(plain)).toMatchObject({ admitted: true, standing: { uid: 2 } });
  const strict = { ...rules, forceValidatorPermit: true, minimumStake: parseTao("1001") };
  const strictly = optionAccess(
    () => subnet,
    strict,
    () => 0,
  );
  expect(strictly.admit(plain)).toMatchObject({ code: "NO_PERMIT" });
  expect(strictly.admit(validator)).toMatchObject({ code: "LOW_STAKE" });
  const open = optionAccess(
    () => subnet,
    { ...rules, allowNonRegistered: true },
    () => 0,
  );
  expect(open.admit(stranger)).toMatchObject({ admitted: true, standing: null });
});

test("without a view of the subnet only listed callers are decided about", () => {
  const rules = { ...MINER_ACCESS, blacklist: new Set([black]), whitelist: new Set([white]) };
  const { admit } = optionAccess(
    () => undefined,
    { ...rules, allowNonRegistered: true },
    () => 0,
  );
  expect(admit(black)).toMatchObject({ code: "SENDER_NOT_ALLOWED" });
  expect(admit(white)).toMatchObject({ admitted: true });
  expect(admit(validator)).toMatchObject({ code: "METAGRAPH_UNAVAILABLE" });
});

test("only proven requests are counted, and the one too many waits until the window has room", () => {
  let now = 0;
  const rules = { ...MINER_ACCESS, maxRequests: 2, windowMs: 60_000 };
  const { admit, charge } = optionAccess(
    () => subnet,
    rules,
    () => now,
  );
  for (let tries = 0; tries < 9; tries += 1) admit(validator);
  expect(charge(principal(validator))).toBeNull();
  now = 10_000;
  expect(charge(principal(validator))).toBeNull();
  expect(charge(principal(validator))).toMatchObject({
    code: "RATE_LIMITED",
    retryAfterSeconds: 50,
  });
  expect(charge(principal(plain))).toBeNull();
  now = 60_001;
  expect(charge(principal(validator))).toBeNull();
});

test("whoever is on the whitelist is never counted", () => {
  const rules = { ...MINER_ACCESS, maxRequests: 1, whitelist: new Set([white]) };
  const { charge } = optionAccess(
    () => subnet,
    rules,
    () => 0,
  );
  for (let tries = 0; tries < 5; tries += 1) expect(charge(principal(white))).toBeNull();
});

test("the file of requests has the latest of each caller", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-requests-"));
  try {
    const path = join(directory, "inside", "requests_log.json");
    const log = new RequestLog(path);
    for (let at = 0; at < 150; at += 1) log.note(plain, "GET /v1/status", at);
    log.note(validator, "POST /v1/storage/challenge", 7.5);
    await log.save();
    const kept = JSON.parse(await readFile(path, "utf8"));
    expect(kept[plain]).toHaveLength(100);
    expect(kept[plain][0]).toEqual(["GET /v1/status", 50]);
    expect(kept[validator]).toEqual([["POST /v1/storage/challenge", 7.5]]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
