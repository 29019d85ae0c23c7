import { type KeySource, newMnemonic, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri, type Scheme } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import { WALLET_OPTIONS, walletOf } from "../../wallet.ts";
import type { KeyNew } from "./schemas.ts";

const WORD_COUNTS = [12, 15, 18, 21, 24] as const;

/** `neurond keys new` */
export const newKey = defineAction<z.infer<typeof KeyNew>>({
  name: "new",
  summary: "make a hotkey, new or from a mnemonic or development URI",
  description:
    "Writes the hotkey as btcli does: plain JSON that only you can read, with its mnemonic inside, and the public file beside it. Keep a copy of the file: it is the only place of the secret. Make coldkeys with btcli.",
  shared: [...WALLET_OPTIONS, "uri"],
  options: [
    { flags: "--words <count>", description: "words of the new mnemonic: 12, 15, 18, 21 or 24" },
    { flags: "--mnemonic-file <file>", description: "take the mnemonic from a file, - for stdin" },
    { flags: "--scheme <scheme>", description: "sr25519 (default) or ed25519" },
    { flags: "--overwrite", description: "replace a hotkey of that name, which loses its secret" },
  ],
  examples: [
    "neurond keys new -w miner -H first",
    "neurond keys new -w miner -H second --words 24",
    "neurond keys new -w miner -H restored --mnemonic-file - < words.txt",
    "neurond keys new -w dev -H alice --uri //Alice",
  ],
  schema: async () => (await import("./schemas.ts")).KeyNew,
  run: async (call) => {
    const { places } = walletOf(call);
    const scheme = call.choice("scheme", ["sr25519", "ed25519"]) ?? "sr25519";
    const overwrite = call.on("overwrite");
    const address = await writeHotkey(places, await sourceOf(call, scheme), { overwrite });
    const { name: wallet, hotkeyName: hotkey, hotkey: file } = places;
    return { wallet, hotkey, address, scheme, file };
  },
  human: ({ wallet, hotkey, address, file }, view) =>
    view.pairs([
      ["wallet", wallet],
      ["hotkey", hotkey],
      ["address", address],
      ["file", file],
    ]),
});

async function sourceOf(call: Call, scheme: Scheme): Promise<KeySource> {
  const sources = ["words", "mnemonic-file", "uri"].filter((name) => call.given(name));
  if (sources.length > 1) {
    const text = `--${sources.join(" and --")} exclude each other`;
    throw new CodedError<UsageCode>("USAGE", text);
  }
  const uri = call.given("uri");
  if (uri !== undefined) return { keypair: keypairFromUri(uri, scheme) };
  const file = call.given("mnemonic-file");
  if (file !== undefined) {
    const bytes = await readInput(call, file);
    return { mnemonic: new TextDecoder().decode(bytes).trim().split(/\s+/).join(" "), scheme };
  }
  const asked = call.text("words") ?? "12";
  const words = WORD_COUNTS.find((count) => String(count) === asked);
  if (words !== undefined) return { mnemonic: newMnemonic(words), scheme };
  throw new CodedError<UsageCode>("USAGE", `--words is one of ${WORD_COUNTS.join(", ")}`);
}
