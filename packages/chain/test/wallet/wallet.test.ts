import { chmod, symlink } from "node:fs/promises";
import { inspect } from "node:util";
import { verifySr25519 } from "@neurond/crypto";
import { fromHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { hotkeyFromEnvironment, Wallet, type WalletWarning } from "../../src/wallet/index.ts";
import { temporaryDirectory, vectors, walletWith } from "./fixtures.ts";

const { alice, btwallet401, mnemonic } = vectors;

test("a hotkey of which only the canonical private key is kept signs, and the signature verifies", async () => {
  const wallet = await walletWith({ "hotkeys/default": btwallet401.uriHotkey });
  const pair = await wallet.hotkeyPair();
  const message = new TextEncoder().encode("neurond");
  expect(verifySr25519(fromHex(alice.publicKey), message, pair.sign(message))).toBe(true);
});

test("hotkey work needs no coldkey, and the address comes from the public file first", async () => {
  const wallet = await walletWith({
    "hotkeys/default": "sealed beyond reading",
    "hotkeys/defaultpub.txt": btwallet401.coldkeypub,
  });
  expect(await wallet.hotkeyAddress()).toBe(mnemonic.address);
});

test("names come from the options, then from the environment, then from btcli's defaults", () => {
  const env = {
    HOME: "/home/user",
    BT_WALLET_NAME: "validator",
    WALLET_NAME: "weaker",
    BT_WALLET_HOTKEY: "hot",
    BT_WALLETS_DIR: "~/keys",
  };
  const places = (options: object, variables = env) =>
    Wallet.open({ ...options, env: variables }).places.hotkey;
  expect(places({})).toBe("/home/user/keys/validator/hotkeys/hot");
  expect(places({ name: "a", hotkey: "b", path: "/w/" })).toBe("/w/a/hotkeys/b");
  expect(Wallet.open({ env: { HOME: "/root" } }).places.coldkeypub).toBe(
    "/root/.bittensor/wallets/default/coldkeypub.txt",
  );
});

test.each(["my wallet", "валидатор", "a.b-c_d", "…"])("%j may be a name", (name) => {
  expect(Wallet.open({ name, env: {}, path: "/w" }).places.directory).toBe(`/w/${name}`);
});

test.each(["", ".", "..", "a/b", "a\\b", "a\0", "..x"])("%j may not be a name", (name) => {
  expect(() => Wallet.open({ name, env: {} })).toThrow(
    expect.objectContaining({ code: "NAME_INVALID" }),
  );
  expect(() => Wallet.open({ hotkey: name, env: {} })).toThrow(
    expect.objectContaining({ code: "NAME_INVALID" }),
  );
});

describe("permissions", () => {
  async function warningsAt(mode: number): Promise<readonly WalletWarning[]> {
    const seen: WalletWarning[] = [];
    const files = { "hotkeys/default": btwallet401.uriHotkey };
    const wallet = await walletWith(files, { onWarning: (warning) => seen.push(warning) });
    await chmod(wallet.places.hotkey, mode);
    expect(String(await wallet.hotkeyPair())).toBe(alice.address);
    return seen;
  }

  test("a key file only its owner can read gives no warning", async () => {
    expect(await warningsAt(0o600)).toEqual([]);
    expect(await warningsAt(0o400)).toEqual([]);
  });

  test.each([0o640, 0o604, 0o644])("mode %o is used with a warning", async (mode) => {
    expect(await warningsAt(mode)).toMatchObject([{ code: "LOOSE_PERMISSIONS" }]);
  });

  test("a file of another user that may not be read is told apart from one that is not there", async () => {
    const wallet = await walletWith({ "hotkeys/default": btwallet401.uriHotkey });
    await chmod(wallet.places.hotkey, 0o000);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      await chmod(wallet.places.root, 0o755);
      process.seteuid?.(65_534); // root reads everything, so somebody else has to try
    }
    const error: unknown = await wallet.hotkeyPair().catch((caught: unknown) => caught);
    if (isRoot) process.seteuid?.(0);
    expect(error).toMatchObject({ code: "NOT_READABLE" });
    const absent = Wallet.open({ path: wallet.places.root, name: "absent", env: {} });
    await expect(absent.hotkeyPair()).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("a directory in the place of a key file is refused", async () => {
    const wallet = await walletWith({ "hotkeys/default/inside": "x" });
    await expect(wallet.hotkeyPair()).rejects.toMatchObject({ code: "NOT_READABLE" });
  });
});

test("a symbolic link to a key file is read, as container secrets are links", async () => {
  const wallet = await walletWith({ "hotkeys/real": btwallet401.uriHotkey });
  await symlink("real", wallet.places.hotkey);
  expect(await wallet.hotkeyAddress()).toBe(alice.address);
});

test("a wallet shows its names and nothing else", async () => {
  const passwords = { password: "hunter2hunter2" };
  const wallet = await walletWith({ "hotkeys/default": btwallet401.mnemonicHotkey }, { passwords });
  const pair = await wallet.hotkeyPair();
  const shown =
    inspect({ wallet, pair }, { depth: 10, showHidden: true }) + JSON.stringify({ wallet, pair });
  for (const secret of ["hunter2", "leopard", "1f1995bdf3a17b60", "da3cf5b1e9144931"]) {
    expect(shown).not.toContain(secret);
  }
});

describe("a hotkey without a wallet directory", () => {
  test.each([
    ["BT_HOTKEY_MNEMONIC", mnemonic.words, mnemonic.address],
    ["EPISTULA_SIGNING_MNEMONIC", mnemonic.words, mnemonic.address],
    ["ORCHESTRATOR_SIGNING_MNEMONIC", mnemonic.words, mnemonic.address],
    ["BT_HOTKEY_SEED", alice.seed, alice.address],
    ["BT_HOTKEY_URI", "//Alice", alice.address],
  ])("%s carries one", async (variable, value, address) => {
    expect(String(await hotkeyFromEnvironment({ [variable]: value }))).toBe(address);
  });

  test.each(["BT_HOTKEY_FILE", "EPISTULA_HOTKEY_PATH"])("%s names its file", async (variable) => {
    const wallet = await walletWith({ "hotkeys/default": btwallet401.uriHotkey });
    const pair = await hotkeyFromEnvironment({ [variable]: wallet.places.hotkey });
    expect(String(pair)).toBe(alice.address);
  });

  test("none is made up when no variable is set", async () => {
    expect(await hotkeyFromEnvironment({ HOME: await temporaryDirectory() })).toBeUndefined();
  });

  test("a bad secret is reported by its variable, without its text", async () => {
    const error: unknown = await hotkeyFromEnvironment({
      BT_HOTKEY_MNEMONIC: mnemonic.words.replace("old", "cold"),
    }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "SECRET_INVALID" });
    expect(inspect(error)).not.toContain("leopard");
  });
});
