import { verifyEd25519, verifySr25519 } from "@neurond/crypto";
import { CodedError, decodeSs58, encodeSs58, fromHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { MESSAGE_ARGUMENT, MESSAGE_OPTIONS, messageOf } from "../../input.ts";
import { WALLET_OPTIONS, walletOf } from "../../wallet.ts";
import type { KeyVerification } from "./schemas.ts";
import { wrapBytes } from "./wrapping.ts";

/** `neurond keys verify` */
export const verifyMessage = defineAction<z.infer<typeof KeyVerification>>({
  name: "verify",
  summary: "check a signature",
  description:
    "Accepts a signature over the message itself or over <Bytes>message</Bytes>. Ends with 1 when it does not verify. Without --address or --public-key the hotkey of the wallet is meant.",
  args: [MESSAGE_ARGUMENT],
  shared: WALLET_OPTIONS,
  options: [
    ...MESSAGE_OPTIONS,
    { flags: "-s, --signature <hex>", description: "the signature, 64 bytes" },
    { flags: "-a, --address <ss58>", description: "address of the signer" },
    { flags: "-p, --public-key <hex>", description: "public key of the signer, 32 bytes" },
    { flags: "--scheme <scheme>", description: "sr25519 (default) or ed25519" },
  ],
  examples: [
    'neurond keys verify "I am uid 7" -s 0x… -a 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY',
    "neurond keys verify --file statement.txt -s 0x… -w validator -H main",
  ],
  schema: async () => (await import("./schemas.ts")).KeyVerification,
  run: async (call) => {
    const message = await messageOf(call);
    const scheme = call.choice("scheme", ["sr25519", "ed25519"]) ?? "sr25519";
    const verify = scheme === "sr25519" ? verifySr25519 : verifyEd25519;
    const signature = signatureOf(call);
    const publicKey = await publicKeyOf(call);
    const isSigned = (bytes: Uint8Array) => verify(publicKey, bytes, signature);
    const form = isSigned(message) ? "plain" : isSigned(wrapBytes(message)) ? "wrapped" : null;
    return { valid: form !== null, address: encodeSs58(publicKey), scheme, form };
  },
  human: ({ valid, address, form }) =>
    valid
      ? `valid: ${address} signed the message${form === "wrapped" ? " in <Bytes>…</Bytes>" : ""}`
      : `NOT valid: ${address} did not sign this message`,
  exitCode: ({ valid }) => (valid ? 0 : 1),
});

function signatureOf(call: Call): Uint8Array {
  const text = call.given("signature");
  if (text === undefined) throw new CodedError<UsageCode>("USAGE", "give --signature");
  return fromHex(text);
}

async function publicKeyOf(call: Call): Promise<Uint8Array> {
  const address = call.given("address");
  const hex = call.given("public-key");
  if (address !== undefined && hex !== undefined) {
    throw new CodedError<UsageCode>("USAGE", "--address and --public-key exclude each other");
  }
  if (address !== undefined) return decodeSs58(address);
  if (hex === undefined) return decodeSs58(await walletOf(call).hotkeyAddress());
  const key = fromHex(hex);
  if (key.length === 32) return key;
  throw new CodedError<UsageCode>("INPUT_INVALID", "--public-key has 32 bytes");
}
