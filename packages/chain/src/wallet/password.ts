import { readFile } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";
import { type Environment, expandHome, firstSet } from "./places.ts";

/** Where a password may come from, strongest first; the environment stands between file and prompt. */
export interface PasswordSources {
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** Asks the person at the terminal without echo; absent when there is nobody to ask. */
  readonly prompt?: ((question: string) => Promise<string>) | undefined;
}

/** The sealed file a password is wanted for. */
export interface PasswordRequest {
  readonly path: string;
  /** Set for a coldkey: the Python era named its variable after the wallet. */
  readonly walletName?: string | undefined;
  readonly env: Environment;
}

/**
 * Finds the password of a key file: argument, password file, `BT_PW_<PATH>`, `BT_COLD_PW_<NAME>`,
 * prompt. The first source that is set decides; a wrong password there is not hidden by trying the next.
 */
export async function findPassword(
  request: PasswordRequest,
  sources: PasswordSources,
): Promise<string> {
  if (sources.password !== undefined) return sources.password;
  const file = sources.passwordFile ?? firstSet(request.env, ["BT_WALLET_PASSWORD_FILE"]);
  if (file !== undefined) return readPasswordFile(expandHome(file, request.env));
  const fromEnvironment = obfuscatedPassword(request) ?? coldkeyPassword(request);
  if (fromEnvironment !== undefined) return fromEnvironment;
  // btwallet trims what is typed, and so has sealed files with the trimmed text.
  if (sources.prompt) return (await sources.prompt(`Password for ${request.path}: `)).trim();
  const text = `${request.path} is encrypted; give --wallet.password-file or BT_WALLET_PASSWORD_FILE`;
  throw new CodedError<WalletCode>("PASSWORD_REQUIRED", text, { path: request.path });
}

/** The variable btwallet looks up for a key file: `BT_PW_` and its path with `/` and `.` as `_`. */
export function passwordVariable(path: string): string {
  return `BT_PW_${path.replace(/[/.]/g, "_")}`.toUpperCase();
}

/** The value btwallet expects there: base64 of the password XORed with the variable's name. No protection. */
export function obfuscatePassword(password: string, variable: string): string {
  return xor(Buffer.from(password, "utf8"), variable).toString("base64");
}

function obfuscatedPassword({ path, env }: PasswordRequest): string | undefined {
  const home = expandHome("~", env);
  // A key file opened by its `~` path keeps the tilde in the variable's name.
  const spellings = path.startsWith(`${home}/`) ? [path, `~${path.slice(home.length)}`] : [path];
  for (const variable of spellings.map(passwordVariable)) {
    const value = firstSet(env, [variable]);
    if (value !== undefined) return xor(Buffer.from(value, "base64"), variable).toString("utf8");
  }
  return undefined;
}

function coldkeyPassword({ walletName, env }: PasswordRequest): string | undefined {
  if (walletName === undefined) return undefined;
  return firstSet(env, [`BT_COLD_PW_${walletName.replaceAll("-", "_").toUpperCase()}`]);
}

function xor(bytes: Buffer, variable: string): Buffer {
  const mask = Buffer.from(variable, "utf8");
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % mask.length] ?? 0)));
}

async function readPasswordFile(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const message = `the password file ${path} cannot be read`;
    throw new CodedError<WalletCode>("PASSWORD_FILE_UNREADABLE", message, { path }, { cause });
  });
  return text.split(/\r?\n/, 1)[0] ?? "";
}
