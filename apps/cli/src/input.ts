import { readFile } from "node:fs/promises";
import { CodedError, fromHex } from "@neurond/primitives";
import type { Parameter } from "./action.ts";
import type { Call } from "./call.ts";
import type { UsageCode } from "./failures.ts";

/** The ways to give a message to sign or verify. */
export const MESSAGE_ARGUMENT: Parameter = {
  flags: "[message]",
  description: "the message as text (UTF-8)",
};

/** Options that give the message another way than the argument does. */
export const MESSAGE_OPTIONS: readonly Parameter[] = [
  { flags: "-m, --message <text>", description: "the message as text, as in btcli" },
  { flags: "--hex <hex>", description: "the message as hex" },
  { flags: "--file <file>", description: "the message is a file's bytes, - for stdin" },
];

/** The bytes of the one message a call gives. */
export async function messageOf(call: Call): Promise<Uint8Array> {
  const [argument] = call.args;
  const text = call.given("message");
  const hex = call.given("hex");
  const file = call.given("file");
  if ([argument, text, hex, file].filter((one) => one !== undefined).length !== 1) {
    const hint = "give one message: as argument, or with --message, --hex or --file";
    throw new CodedError<UsageCode>("USAGE", hint);
  }
  if (hex !== undefined) return fromHex(hex);
  if (file !== undefined) return readInput(call, file);
  return new TextEncoder().encode(argument ?? text ?? "");
}

/** The bytes of a file, or of stdin for `-`. */
export async function readInput(call: Call, file: string): Promise<Uint8Array> {
  if (file === "-") return Buffer.concat(await call.stdin.toArray({ signal: call.signal }));
  return readFile(file).catch((cause: unknown) => {
    const text = `the file ${file} cannot be read`;
    throw new CodedError<UsageCode>("INPUT_INVALID", text, { file }, { cause });
  });
}
