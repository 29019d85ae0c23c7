import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fromHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import {
  newMnemonic,
  Wallet,
  writeColdkey,
  writeColdkeyPublic,
  writeHotkey,
} from "../../src/wallet/index.ts";
import { temporaryDirectory, vectors } from "./fixtures.ts";

const { alice, btwallet401, mnemonic } = vectors;

async function newWallet(): Promise<Wallet> {
  return Wallet.open({ path: await temporaryDirectory(), env: {} });
}

test("a hotkey is written with the fields, and only the fields, that btwallet 4.0 writes", async () => {
  const { places } = await newWallet();
  await writeHotkey(places, { mnemonic: mnemonic.words });
  const { secretSeed, ...expected } = JSON.parse(btwallet401.mnemonicHotkey);
  expect(JSON.parse(await readFile(places.hotkey, "utf8"))).toEqual(expected);
  expect(JSON.parse(await readFile(places.hotkeypub, "utf8"))).toEqual(
    JSON.parse(btwallet401.coldkeypub),
  );
});

test("a hotkey of ed25519 says so, and is read back", async () => {
  const wallet = await newWallet();
  const address = await writeHotkey(wallet.places, {
    seed: fromHex(alice.seed),
    scheme: "ed25519",
  });
  expect(JSON.parse(await readFile(wallet.places.hotkey, "utf8"))).toMatchObject({ cryptoType: 0 });
  expect(await wallet.hotkeyPair()).toMatchObject({ scheme: "ed25519" });
  expect(await wallet.hotkeyAddress()).toBe(address);
});

test("both files are for their owner only, and nothing temporary is left", async () => {
  const { places } = await newWallet();
  await writeHotkey(places, { seed: fromHex(alice.seed) });
  expect((await readdir(places.hotkeys)).sort()).toEqual(["default", "defaultpub.txt"]);
  expect((await stat(places.hotkey)).mode & 0o777).toBe(0o600);
  expect((await stat(places.hotkeypub)).mode & 0o777).toBe(0o600);
  expect((await stat(places.hotkeys)).mode & 0o777).toBe(0o700);
});

describe("an existing key", () => {
  test("is never replaced unless that is asked for", async () => {
    const { places } = await newWallet();
    await writeHotkey(places, { seed: fromHex(alice.seed) });
    const before = await readFile(places.hotkey, "utf8");
    const again = writeHotkey(places, { mnemonic: mnemonic.words });
    await expect(again).rejects.toMatchObject({ code: "FILE_EXISTS" });
    expect(await readFile(places.hotkey, "utf8")).toBe(before);
    await writeHotkey(places, { mnemonic: mnemonic.words }, { overwrite: true });
    expect(await Wallet.open({ path: places.root, env: {} }).hotkeyAddress()).toBe(
      mnemonic.address,
    );
  });

  test("is not replaced by two writers at once either: one of them wins", async () => {
    const wallet = await newWallet();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => writeHotkey(wallet.places, { mnemonic: newMnemonic() })),
    );
    const winners = results.filter(({ status }) => status === "fulfilled");
    expect(winners).toHaveLength(1);
    expect(winners).toMatchObject([{ value: String(await wallet.hotkeyPair()) }]);
    expect(await wallet.hotkeyAddress()).toBe(String(await wallet.hotkeyPair()));
  });

  test("that is a symbolic link is replaced, and what it points to is left alone", async () => {
    const { places } = await newWallet();
    await mkdir(places.hotkeys, { recursive: true });
    const outside = join(places.root, "outside");
    await writeFile(outside, "precious");
    await symlink(outside, places.hotkey);
    await writeHotkey(places, { seed: fromHex(alice.seed) }, { overwrite: true });
    expect(await readFile(outside, "utf8")).toBe("precious");
  });
});

test("a write that fails leaves the old key and no temporary file", async () => {
  const { places } = await newWallet();
  await mkdir(join(places.hotkey, "in the way"), { recursive: true });
  const write = writeHotkey(places, { seed: fromHex(alice.seed) }, { overwrite: true });
  await expect(write).rejects.toMatchObject({ code: "NOT_WRITABLE" });
  expect(await readdir(places.hotkeys)).toEqual(["default"]);
});

test("a writer killed at any moment leaves one of the two keys, whole", {
  timeout: 30_000,
}, async () => {
  const { places } = await newWallet();
  await writeHotkey(places, { seed: fromHex(alice.seed) });
  await chmod(places.hotkey, 0o600);
  const writer = join(import.meta.dirname, "endless-writer.ts");
  for (const moment of [1, 7, 23]) {
    const child = spawn(
      process.execPath,
      ["--conditions=neurond:source", writer, places.hotkey, "1", "2"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data"); // the first write is through
    await delay(moment);
    child.kill("SIGKILL");
    await once(child, "exit");
    const content = await readFile(places.hotkey, "utf8");
    expect(["1".repeat(50_000), "2".repeat(50_000)]).toContain(content);
  }
});

test("a wallet can be watched with its public coldkey alone", async () => {
  const wallet = await newWallet();
  await writeColdkeyPublic(wallet.places, fromHex(alice.publicKey));
  expect(await wallet.coldkeyAddress()).toBe(alice.address);
  await expect(wallet.unlockColdkey("x")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
});

test("a sealed coldkey opens with its password", { timeout: 60_000 }, async () => {
  const wallet = await newWallet();
  await writeColdkey(wallet.places, { mnemonic: mnemonic.words }, { password: "long and unique" });
  expect(String(await readFile(wallet.places.coldkey)).slice(0, 5)).toBe("$NACL");
  expect(String(await wallet.unlockColdkey("long and unique"))).toBe(mnemonic.address);
  expect(await wallet.coldkeyAddress()).toBe(mnemonic.address);
});

test.each([12, 15, 18, 21, 24] as const)(
  "a new mnemonic of %i words makes a key",
  async (words) => {
    const { places } = await newWallet();
    const phrase = newMnemonic(words);
    expect(phrase.split(" ")).toHaveLength(words);
    await writeHotkey(places, { mnemonic: phrase });
  },
);
