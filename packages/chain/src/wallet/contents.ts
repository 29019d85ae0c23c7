import type { Scheme } from "@neurond/crypto";
import { CodedError, fromHex } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/** What a key file says, before anything of it is believed. */
export interface KeyContents {
  /** Absent when the file does not say; then sr25519 is tried first. */
  readonly scheme?: Scheme;
  readonly mnemonic?: string;
  readonly seed?: Uint8Array;
  /** sr25519: scalar ‖ nonce in schnorrkel's canonical form (64); ed25519: seed (32) or seed ‖ public key (64). */
  readonly privateKey?: Uint8Array;
  readonly publicKey?: Uint8Array;
  readonly address?: string;
  /** True for a file from before the JSON format: one bare hex string or mnemonic. */
  readonly raw: boolean;
}

const RAW_HEX = /^(?:0x)?(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{128})$/;
const WORD_COUNTS = [12, 15, 18, 21, 24];

/**
 * Reads the plain text of a key file. `role` decides what a bare 64-digit hex string is: the first
 * releases wrote public keys so, later ones read it as a seed.
 * No message and no cause quotes the text, because it may be a secret.
 */
export function parseKeyContents(plain: Uint8Array, role: "private" | "public"): KeyContents {
  const text = new TextDecoder().decode(plain).trim();
  if (text.startsWith("{")) return fromJson(text);
  if (RAW_HEX.test(text)) return fromRawHex(text, role);
  if (/^[a-z]+( [a-z]+)*$/.test(text) && WORD_COUNTS.includes(text.split(" ").length)) {
    return { mnemonic: text, raw: true };
  }
  if (text === "") throw corrupt("the key file is empty");
  throw new CodedError<WalletCode>(
    "UNKNOWN_FORMAT",
    "this is no key file: neither JSON, a known encryption, hex nor a mnemonic",
  );
}

function fromRawHex(text: string, role: "private" | "public"): KeyContents {
  const bytes = fromHex(text.startsWith("0x") ? text : `0x${text}`);
  if (bytes.length === 64) return { privateKey: bytes, raw: true };
  return role === "public" ? { publicKey: bytes, raw: true } : { seed: bytes, raw: true };
}

function fromJson(text: string): KeyContents {
  const fields = parseObject(text);
  if (fields.has("encoded") && fields.has("encoding")) {
    const message = "this is a polkadot-js export; import its mnemonic or seed with btcli instead";
    throw new CodedError<WalletCode>("POLKADOT_EXPORT", message);
  }
  const scheme = schemeOf(fields);
  const mnemonic = stringOf(fields, "secretPhrase");
  const seed = bytesOf(fields, "secretSeed", [32]);
  const privateKey = bytesOf(fields, "privateKey", [32, 64]);
  const publicKey = bytesOf(fields, "publicKey", [32]) ?? bytesOf(fields, "accountId", [32]);
  const address = stringOf(fields, "ss58Address");
  const contents = {
    ...(scheme && { scheme }),
    ...(mnemonic && { mnemonic }),
    ...(seed && { seed }),
    ...(privateKey && { privateKey }),
    ...(publicKey && { publicKey }),
    ...(address && { address }),
  };
  if (mnemonic || seed || privateKey || publicKey || address) return { ...contents, raw: false };
  throw new CodedError<WalletCode>("UNKNOWN_FORMAT", "the JSON holds no key of a Bittensor wallet");
}

/** Fields by trimmed name (some old files say `" ss58Address"`), without the nulls of the Python era. */
function parseObject(text: string): ReadonlyMap<string, unknown> {
  try {
    const entries = Object.entries(JSON.parse(text));
    return new Map(
      entries.flatMap(([key, value]) => (value === null ? [] : [[key.trim(), value]])),
    );
  } catch {
    // The parser's own error quotes the text, hence no cause.
    throw corrupt("the key file is not complete JSON");
  }
}

function schemeOf(fields: ReadonlyMap<string, unknown>): Scheme | undefined {
  const code = fields.get("cryptoType");
  const known = code === undefined || [0, 1, "0", "1"].some((one) => one === code);
  if (!known || fields.has("hashedDescriptor")) {
    const message = "unsupported account type: only plain sr25519 and ed25519 keys can be used";
    throw new CodedError<WalletCode>("UNSUPPORTED_ACCOUNT_TYPE", message, {
      cryptoType: typeof code === "number" ? code : "other",
    });
  }
  if (code === undefined) return undefined;
  return Number(code) === 0 ? "ed25519" : "sr25519";
}

function stringOf(fields: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw corrupt(`the key file's ${name} is not a string`);
  return value.trim() === "" ? undefined : value.trim();
}

function bytesOf(
  fields: ReadonlyMap<string, unknown>,
  name: string,
  lengths: readonly number[],
): Uint8Array | undefined {
  const text = stringOf(fields, name);
  if (text === undefined) return undefined;
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]*$/.test(digits) || !lengths.includes(digits.length / 2)) {
    throw corrupt(`the key file's ${name} is not hex of ${lengths.join(" or ")} bytes`);
  }
  return fromHex(`0x${digits}`);
}

function corrupt(message: string): CodedError<WalletCode> {
  return new CodedError("KEYFILE_CORRUPT", message);
}
