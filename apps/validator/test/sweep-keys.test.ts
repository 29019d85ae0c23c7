import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { isCoded, toHex, toNetuid } from "@neurond/primitives";
import { checkReveal, minerKey, revealOpens } from "@neurond/workload-storage/sweep";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SweepKeys } from "../src/storage/sweep/sweep-keys.ts";
import { hotkey } from "./support/world.ts";

const NETUID = toNetuid(7);
const VALIDATOR = hotkey("//Validator1");
const MINER = hotkey("//Miner1");
const PERIOD = { period: 3, blocks: 7_200 };

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "neurond-keys-")), "secrets");
});
afterEach(() => rm(join(directory, ".."), { recursive: true, force: true }));

const opened = () => SweepKeys.open(directory, NETUID, VALIDATOR);
const path = () => join(directory, `sweep-${VALIDATOR}.key`);

test("the key is made once, whole, for its user only, and the same from then on", async () => {
  const [first, second] = await Promise.all([opened(), opened()]);
  expect(await readdir(directory)).toEqual([`sweep-${VALIDATOR}.key`]);
  const { mode, size } = await stat(path());
  expect([mode & 0o777, size]).toEqual([0o600, 32]);
  expect(second.commitment(PERIOD)).toEqual(first.commitment(PERIOD));
  expect((await opened()).commitment(PERIOD)).toEqual(first.commitment(PERIOD));
});

test("a damaged key is refused and left as it is: another would be another validator's", async () => {
  await opened();
  await writeFile(path(), "short");
  const refused = await opened().catch((error: unknown) => error);
  expect(isCoded(refused) && refused.code).toBe("SWEEP_KEY_UNREADABLE");
  expect(await readFile(path(), "utf8")).toBe("short");
});

test("a secret is said when its period is over and its answers are anchored, never before", async () => {
  const keys = await opened();
  const now = revealOpens(PERIOD.period);
  expect(keys.reveal(PERIOD, { now: now - 1, areAnswersAnchored: true })).toBeNull();
  expect(keys.reveal(PERIOD, { now, areAnswersAnchored: false })).toBeNull();
  const secret = keys.reveal(PERIOD, { now, areAnswersAnchored: true });
  if (secret === null) throw new Error("nothing was revealed");
  const period = { netuid: NETUID, validator: VALIDATOR, ...PERIOD };
  expect(checkReveal(period, keys.commitment(PERIOD), secret)).toBeNull();
  await keys.withMinerKeys(MINER, [PERIOD], async ([key]) => {
    expect(key).toEqual(minerKey(secret, MINER));
  });
});

test("periods of one number and another length have another secret", async () => {
  const keys = await opened();
  const short = { period: 3, blocks: 48 };
  expect(keys.commitment(short)).not.toEqual(keys.commitment(PERIOD));
});

test("lent keys are wiped, and the object does not print its secret", async () => {
  const keys = await opened();
  const lent = await keys.withMinerKeys(MINER, [PERIOD], async (own) => own);
  expect(lent).toEqual([new Uint8Array(32)]);
  const secret = toHex(await readFile(path())).slice(2);
  const printed = `${inspect(keys, { depth: 9 })} ${JSON.stringify(keys)}`;
  expect(printed).not.toContain(secret);
  expect(printed).not.toMatch(/Uint8Array|Buffer/);
});
