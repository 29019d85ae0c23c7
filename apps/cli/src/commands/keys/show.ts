import { listWallet } from "@neurond/chain/wallet";
import { CodedError, decodeSs58, toHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { WALLET_OPTIONS, walletOf } from "../../wallet.ts";
import type { KeyShow } from "./schemas.ts";

/** `neurond keys show` */
export const showKeys = defineAction<z.infer<typeof KeyShow>>({
  name: "show",
  summary: "show the addresses of one wallet and hotkey",
  description: "Needs no password and never shows a secret.",
  shared: WALLET_OPTIONS,
  examples: ["neurond keys show", "neurond keys show -w validator -H main --json"],
  schema: async () => (await import("./schemas.ts")).KeyShow,
  run: async (call) => {
    const { places } = walletOf(call);
    const { coldkey, hotkeys } = await listWallet(places.directory);
    const hotkey = hotkeys.find(({ name }) => name === places.hotkeyName);
    if (hotkey === undefined && coldkey.address === undefined) {
      const text = `there is no hotkey ${places.hotkeyName} and no coldkey in ${places.directory}`;
      throw new CodedError("FILE_NOT_FOUND", text, { directory: places.directory });
    }
    for (const { name, problem } of [coldkey, ...(hotkey ? [hotkey] : [])]) {
      if (problem) call.note(`warning: ${name}: ${problem}`);
    }
    return {
      wallet: places.name,
      hotkey: places.hotkeyName,
      directory: places.directory,
      hotkeyAddress: hotkey?.address ?? null,
      hotkeyPublicKey: hotkey?.address ? toHex(decodeSs58(hotkey.address)) : null,
      hotkeyFile: hotkey?.file ?? "absent",
      coldkeyAddress: coldkey.address ?? null,
      coldkeyFile: coldkey.file,
    };
  },
  human: (shown, view) =>
    view.pairs([
      ["wallet", shown.wallet],
      ["hotkey", shown.hotkey],
      ["directory", shown.directory],
      ["hotkey address", shown.hotkeyAddress ?? "?"],
      ["hotkey public key", shown.hotkeyPublicKey ?? "?"],
      ["hotkey file", shown.hotkeyFile],
      ["coldkey address", shown.coldkeyAddress ?? "?"],
      ["coldkey file", shown.coldkeyFile],
    ]),
});
