import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GetShape, PutShape } from "../../src/commands/store/schemas.ts";
import { measured } from "./measured-client.ts";
import { StorageDaemons } from "./storage-daemons.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SKEWS = [MINUTE, -MINUTE, HOUR, -HOUR];
const PATIENCE = { timeout: 300_000 };
const BYTES = randomBytes(100_000);

let root: string;
let daemons: StorageDaemons;
/** Ids of what was acknowledged. */
const stored: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "neurond-clocks-"));
  await chmod(root, 0o755);
  await writeFile(join(root, "file"), BYTES);
  daemons = await StorageDaemons.start({ root: join(root, "net"), miners: 4, blockTimeMs: 2_000 });
  await put();
}, 300_000);
afterAll(async () => {
  await daemons[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
}, 60_000);

/** What a command line says by a clock; its error's code when it fails. */
async function neurond(line: readonly string[], clockAheadMs: number) {
  const how = ["--uri", "//Client", "--directory", join(root, "records"), "--json"];
  for (let tries = 1; ; tries += 1) {
    const { exitCode, stdout } = await measured(["store", ...line, ...how], root, { clockAheadMs });
    const said = JSON.parse(stdout);
    if (exitCode === 0) return { said, code: null };
    const code = String(said.error.code);
    // Five seconds are not always enough for a daemon that has just been started on a busy machine.
    if (code !== "VALIDATOR_UNREACHABLE" || tries === 3) return { said: null, code };
  }
}

/** Stores the file; the code of the refusal, or null. Three of four miners are enough. */
async function put(clockAheadMs = 0): Promise<string | null> {
  const how = ["--rs", "2,3", "--validator", daemons.validatorUrl.href];
  const { said, code } = await neurond(["put", join(root, "file"), ...how], clockAheadMs);
  if (code === null) stored.push(PutShape.parse(said).fileId);
  return code;
}

/** Reads a file and holds it against what was stored; the code of the refusal, or null. */
async function get(id = stored[0] ?? "", clockAheadMs = 0): Promise<string | null> {
  const output = join(root, "back");
  // What stands there already would not be fetched.
  await rm(output, { force: true });
  const line = ["get", id, "--output", output];
  const { said, code } = await neurond(line, clockAheadMs);
  if (code !== null) return code;
  expect((await readFile(GetShape.parse(said).output)).equals(BYTES)).toBe(true);
  return null;
}

describe.each(SKEWS)("a clock that is %i ms ahead", (aheadMs) => {
  test("of a client is told to it, and nothing is taken from it", PATIENCE, async () => {
    expect([await put(aheadMs), await get(undefined, aheadMs)]).toEqual([
      "CLOCK_SKEW",
      "CLOCK_SKEW",
    ]);
    expect(await get()).toBeNull();
  });

  test("of one miner costs nobody a file: others store and give", PATIENCE, async () => {
    await daemons.setClock("miner-0", aheadMs);
    const seen = [await put(), await get(), await get(stored.at(-1))];
    await daemons.setClock("miner-0", 0);
    expect(seen).toEqual([null, null, null]);
  });

  test(
    "of the validator is told to its clients, and all is there once it is right",
    PATIENCE,
    async () => {
      await daemons.setClock("validator", aheadMs);
      const seen = [await put(), await get()];
      await daemons.setClock("validator", 0);
      expect([...seen, await get()]).toEqual(["CLOCK_SKEW", "CLOCK_SKEW", null]);
    },
  );
});

test("nothing that was acknowledged is lost in all that", PATIENCE, async () => {
  expect(stored).toHaveLength(1 + SKEWS.length);
  for (const id of stored) expect(await get(id)).toBeNull();
});
