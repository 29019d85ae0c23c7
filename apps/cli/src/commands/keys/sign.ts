import { toHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { MESSAGE_ARGUMENT, MESSAGE_OPTIONS, messageOf } from "../../input.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import type { KeySignature } from "./schemas.ts";
import { wrapBytes } from "./wrapping.ts";

/** `neurond keys sign` */
export const signMessage = defineAction<z.infer<typeof KeySignature>>({
  name: "sign",
  summary: "sign a message with the hotkey or the coldkey",
  args: [MESSAGE_ARGUMENT],
  shared: SIGNER_OPTIONS,
  options: [
    ...MESSAGE_OPTIONS,
    { flags: "--coldkey", description: "sign with the coldkey instead of the hotkey" },
    { flags: "--wrap", description: "sign <Bytes>message</Bytes>, as browser wallets do" },
  ],
  examples: [
    'neurond keys sign -w miner -H first "I am uid 7"',
    "neurond keys sign --hex 0xdeadbeef --json",
    "neurond keys sign --coldkey --wallet.password-file /run/secrets/coldkey --file statement.txt",
  ],
  schema: async () => (await import("./schemas.ts")).KeySignature,
  run: async (call) => {
    const message = await messageOf(call);
    const wrapped = call.on("wrap");
    const pair = await signerOf(call, call.on("coldkey") ? "coldkey" : "hotkey");
    const signature = pair.sign(wrapped ? wrapBytes(message) : message);
    pair.wipe();
    return {
      address: String(pair),
      publicKey: toHex(pair.publicKey),
      scheme: pair.scheme,
      signature: toHex(signature),
      wrapped,
    };
  },
  human: ({ address, signature }, view) =>
    view.pairs([
      ["address", address],
      ["signature", signature],
    ]),
});
