// `timelock.ts seal <plaintext hex> <round>` or `timelock.ts open <container hex> <signature hex>`:
// lets a Python step use @neurond/crypto.
import { randomBytes } from "node:crypto";
import { QUICKNET, timelockDecrypt, timelockEncrypt } from "@neurond/crypto";

const [action, input = "", other = ""] = process.argv.slice(2);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const output =
  action === "seal"
    ? timelockEncrypt({
        plaintext: bytes(input),
        round: Number(other),
        publicKey: QUICKNET.publicKey,
        key: new Uint8Array(randomBytes(32)),
        sigma: new Uint8Array(randomBytes(32)),
        nonce: new Uint8Array(randomBytes(12)),
      })
    : timelockDecrypt(bytes(input), bytes(other));
process.stdout.write(`${Buffer.from(output).toString("hex")}\n`);
