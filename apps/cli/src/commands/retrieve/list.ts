import { stat } from "node:fs/promises";
import { join } from "node:path";
import { listWallets } from "@neurond/chain/wallet";
import { isCoded } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { walletOf } from "../../wallet.ts";
import type { HashEntry } from "../store/hash-entries.ts";
import { HASH_OPTION, HashFile, hashBasepath } from "../store/hash-file.ts";
import { ACCEPTED_OPTIONS } from "../store/seed-options.ts";
import type { HashesShape } from "./schemas.ts";

type Listed = z.infer<typeof HashesShape>;

/** `neurond retrieve list` */
export const listRetrieved = defineAction<Listed>({
  name: "list",
  summary: "list the stored files of all wallets by name and id",
  description:
    "Reads the hash file of every wallet under --wallet.path, and asks nobody. A wallet without one adds nothing. Files that upstream's client stored are listed beside our own.",
  options: [HASH_OPTION, ...ACCEPTED_OPTIONS],
  shared: ["wallet.name", "wallet.hotkey", "wallet.path", "subtensor.network"],
  examples: [
    "neurond retrieve list",
    "neurond retrieve list --wallet.path wallets --hash_basepath hashes --json",
  ],
  schema: async () => (await import("./schemas.ts")).HashesShape,
  run: (call) => call.progress("Pulling hashes", list(call)),
  human: ({ files }, view) =>
    view.table(
      [{ title: "Wallet Name" }, { title: "Filename" }, { title: "Data Hash" }],
      files.map(({ wallet, name, id }) => [wallet, name, id]),
    ),
});

async function list(call: Call): Promise<Listed> {
  const { root } = walletOf(call).places;
  const only = call.given("wallet.name");
  const files: Listed["files"] = [];
  const unreadable: string[] = [];
  for (const wallet of await walletNames(root)) {
    if (only !== undefined && wallet !== only) continue;
    const hashes = new HashFile(join(hashBasepath(call), `${wallet}.json`));
    try {
      files.push(...(await hashes.entries()).map((entry) => described(wallet, entry)));
    } catch (error) {
      if (!isCoded(error, "HASH_FILE_INVALID")) throw error;
      call.note(`warning: ${error.message}`);
      unreadable.push(hashes.path);
    }
  }
  return { files, unreadable };
}

async function walletNames(root: string): Promise<readonly string[]> {
  const there = await stat(root).catch(() => undefined);
  return there?.isDirectory() ? (await listWallets(root)).map(({ name }) => name) : [];
}

function described(
  wallet: string,
  { name, id, hotkeys, rich }: HashEntry,
): Listed["files"][number] {
  return {
    wallet,
    name,
    id,
    hotkeys: [...hotkeys],
    size: rich?.size ?? null,
    storedAt: rich === null ? null : new Date(rich.stored_at).toISOString(),
    expiresAt: rich === null ? null : new Date(rich.expires_at).toISOString(),
  };
}
