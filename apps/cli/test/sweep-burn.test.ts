import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { readBurned } from "@neurond/workload-storage/io";
import { expect, test } from "vitest";
import { BurnShape } from "../src/commands/sweep/schemas.ts";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const [alice, bob] = ["//Alice", "//Bob"].map((uri) => hotkeyOf(keypairFromUri(uri).publicKey));

async function secretsOf(...validators: readonly (string | undefined)[]): Promise<string> {
  const directory = join(await temporaryDirectory(), "secrets");
  await mkdir(directory);
  for (const one of validators) await writeFile(join(directory, `sweep-${one}.key`), "x");
  return directory;
}

test("a burned period is marked for the one validator whose key is there, as often as one likes", async () => {
  const directory = await secretsOf(alice);
  const argv = ["sweep", "burn", "--directory", directory, "--json", "--period"];
  expect((await run([...argv, "7"])).exitCode).toBe(0);
  expect((await run([...argv, "7"])).exitCode).toBe(0);
  const { stdout } = await run([...argv, "5"]);
  expect(BurnShape.parse(JSON.parse(stdout))).toMatchObject({ validator: alice, burned: [5, 7] });
  if (alice === undefined || bob === undefined) throw new Error("no names");
  expect(await readBurned(directory, alice)).toEqual(new Set([5, 7]));
  expect(await readBurned(directory, bob)).toEqual(new Set());
});

test("which validator is said where keys of several are kept, and no key is no validator", async () => {
  const directory = await secretsOf(alice, bob);
  const argv = ["sweep", "burn", "--period", "7", "--directory", directory];
  expect(await run(argv)).toMatchObject({ exitCode: 2 });
  expect(await run([...argv, "--hotkey", String(bob), "--json"])).toMatchObject({ exitCode: 0 });
  expect(
    await run(["sweep", "burn", "--period", "7", "--directory", `${directory}/none`]),
  ).toMatchObject({ exitCode: 2 });
});

test("a period is a number", async () => {
  const directory = await secretsOf(alice);
  const refused = await run(["sweep", "burn", "--period", "next", "--directory", directory]);
  expect(refused.exitCode).toBe(2);
});
