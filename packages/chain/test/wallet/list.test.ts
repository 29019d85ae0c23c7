import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listWallets } from "../../src/wallet/index.ts";
import { temporaryDirectory, vectors, walletWith } from "./fixtures.ts";

const { alice, ansible, btwallet401, mnemonic } = vectors;

test("a listing tells what can be told without a password", async () => {
  const wallet = await walletWith({
    coldkey: ansible.file,
    "coldkeypub.txt": btwallet401.coldkeypub,
    "hotkeys/b": btwallet401.uriHotkey,
    "hotkeys/a sealed one": ansible.file,
    "hotkeys/broken": "{",
    "hotkeys/bpub.txt": JSON.stringify({ ss58Address: alice.address }),
    "hotkeys/.b.0a1b.tmp": "left behind",
    "hotkeys/b.tmp": "left behind",
    "hotkeys/folder/x": "",
  });
  await mkdir(join(wallet.places.root, "empty"));
  await writeFile(join(wallet.places.root, "a file"), "");
  const plain = { problem: undefined };
  expect(await listWallets(wallet.places.root)).toEqual([
    {
      name: "default",
      coldkey: { name: "coldkey", address: mnemonic.address, file: "encrypted", ...plain },
      hotkeys: [
        { name: "a sealed one", address: undefined, file: "encrypted", ...plain },
        { name: "b", address: alice.address, file: "plain", ...plain },
        { name: "broken", address: undefined, file: "plain", problem: "KEYFILE_CORRUPT" },
      ],
    },
    {
      name: "empty",
      coldkey: { name: "coldkey", address: undefined, file: "absent", ...plain },
      hotkeys: [],
    },
  ]);
});

test("a directory that is not there is an error, an empty one is an empty list", async () => {
  const root = await temporaryDirectory();
  expect(await listWallets(root)).toEqual([]);
  await expect(listWallets(join(root, "absent"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
});
