import { expandHome, type ListedKey, listWallets } from "@neurond/chain/wallet";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { KeyList } from "./schemas.ts";

type Result = z.infer<typeof KeyList>;

/** `neurond keys list` */
export const listKeys = defineAction<Result>({
  name: "list",
  summary: "list wallets and their hotkeys",
  description: "Needs no password: addresses come from public files and from plain hotkey files.",
  shared: ["wallet.path"],
  examples: ["neurond keys list", "neurond keys list --wallet.path /run/wallets --json"],
  schema: async () => (await import("./schemas.ts")).KeyList,
  run: async (call) => {
    const path = expandHome(call.text("wallet.path") ?? "", call.env);
    const wallets = await call.progress("reading wallets", listWallets(path));
    return {
      path,
      wallets: wallets.map(({ name, coldkey, hotkeys }) => ({
        name,
        coldkey: listed(coldkey),
        hotkeys: hotkeys.map((hotkey) => ({ name: hotkey.name, ...listed(hotkey) })),
      })),
    };
  },
  human: ({ path, wallets }, view) => {
    if (wallets.length === 0) return `no wallets in ${path}`;
    const rows = wallets.flatMap(({ name, coldkey, hotkeys }) => [
      [name, "", coldkey.address ?? "?", remark(coldkey)],
      ...hotkeys.map((hotkey) => ["", hotkey.name, hotkey.address ?? "?", remark(hotkey)]),
    ]);
    const titles = ["WALLET", "HOTKEY", "ADDRESS", "PRIVATE FILE"];
    return view.table(
      titles.map((title) => ({ title })),
      rows,
    );
  },
});

function listed({ address, file, problem }: ListedKey): Result["wallets"][number]["coldkey"] {
  return { address: address ?? null, file, problem: problem ?? null };
}

function remark({ file, problem }: Result["wallets"][number]["coldkey"]): string {
  return problem === null ? file : `${file}, ${problem}`;
}
