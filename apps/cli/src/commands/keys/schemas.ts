import { z } from "zod";

const address = z.string().describe("ss58 address");
const hex = (bytes: number) => z.string().describe(`0x and ${bytes} bytes in hex`);
const scheme = z.enum(["sr25519", "ed25519"]);
const file = z.enum(["plain", "encrypted", "absent"]).describe("state of the private file");
const problem = z.string().nullable().describe("error code when the key could not be looked at");
const key = { address: address.nullable(), file, problem };

/** Result of `neurond keys list`. */
export const KeyList = z.strictObject({
  path: z.string().describe("directory of wallets"),
  wallets: z.array(
    z.strictObject({
      name: z.string(),
      coldkey: z.strictObject(key),
      hotkeys: z.array(z.strictObject({ name: z.string(), ...key })),
    }),
  ),
});

/** Result of `neurond keys show`. */
export const KeyShow = z.strictObject({
  wallet: z.string(),
  hotkey: z.string(),
  directory: z.string().describe("directory of this wallet"),
  hotkeyAddress: address.nullable(),
  hotkeyPublicKey: hex(32).nullable(),
  hotkeyFile: file,
  coldkeyAddress: address.nullable(),
  coldkeyFile: file,
});

/** Result of `neurond keys new`. */
export const KeyNew = z.strictObject({
  wallet: z.string(),
  hotkey: z.string(),
  address,
  scheme,
  file: z.string().describe("path of the private file; it holds the mnemonic, if there is one"),
});

/** Result of `neurond keys sign`. */
export const KeySignature = z.strictObject({
  address,
  publicKey: hex(32),
  scheme,
  signature: hex(64),
  wrapped: z.boolean().describe("whether <Bytes>…</Bytes> was put around the message"),
});

/** Result of `neurond keys verify`. */
export const KeyVerification = z.strictObject({
  valid: z.boolean(),
  address,
  scheme,
  form: z
    .enum(["plain", "wrapped"])
    .nullable()
    .describe("what was signed: the message, or the message in <Bytes>…</Bytes>"),
});
