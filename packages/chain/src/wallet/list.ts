import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CodedError, isCoded } from "@neurond/primitives";
import { parseKeyContents } from "./contents.ts";
import { detectEncryption } from "./encryption.ts";
import { isWalletCode, type WalletCode } from "./errors.ts";
import { readKeyfile } from "./read-keyfile.ts";
import { resolveAddress } from "./resolve.ts";

/** One key of a listing: what can be told without a password. */
export interface ListedKey {
  readonly name: string;
  /** Absent when only a password, or nothing at all, could tell. */
  readonly address: string | undefined;
  readonly file: "plain" | "encrypted" | "absent";
  /** Why the key could not be looked at. */
  readonly problem: WalletCode | undefined;
}

/** A wallet of a listing, its hotkeys by name. */
export interface ListedWallet {
  readonly name: string;
  readonly coldkey: ListedKey;
  readonly hotkeys: readonly ListedKey[];
}

/** Lists the wallets under a directory by name; damaged key files become entries with a problem. */
export async function listWallets(root: string): Promise<readonly ListedWallet[]> {
  const wallets: ListedWallet[] = [];
  for (const name of await namesIn(root, "directory")) {
    wallets.push(await listWallet(join(root, name)));
  }
  return wallets;
}

/** Lists one wallet directory. */
export async function listWallet(directory: string): Promise<ListedWallet> {
  const hotkeys = join(directory, "hotkeys");
  const names = await namesIn(hotkeys, "file").catch((error: unknown) => {
    if (isCoded(error, "FILE_NOT_FOUND")) return [];
    throw error;
  });
  const keys: ListedKey[] = [];
  for (const name of names.filter((one) => !one.endsWith("pub.txt") && !one.endsWith(".tmp"))) {
    keys.push(await listKey(name, join(hotkeys, name), join(hotkeys, `${name}pub.txt`)));
  }
  const publicFile = join(directory, "coldkeypub.txt");
  const coldkey = await listKey("coldkey", join(directory, "coldkey"), publicFile);
  return { name: basename(directory), coldkey, hotkeys: keys };
}

async function listKey(name: string, path: string, publicPath: string): Promise<ListedKey> {
  const secret = await look(path, "private");
  const shown = await look(publicPath, "public");
  const problem = [secret.problem, shown.problem].find((code) => code && code !== "FILE_NOT_FOUND");
  const address = shown.address ?? secret.address;
  return { name, address, file: secret.file, problem };
}

async function look(path: string, role: "private" | "public"): Promise<Omit<ListedKey, "name">> {
  let file: ListedKey["file"] = "absent";
  try {
    const { bytes } = await readKeyfile(path, role);
    file = detectEncryption(bytes) === "none" ? "plain" : "encrypted";
    const address = file === "plain" ? resolveAddress(parseKeyContents(bytes, role)) : undefined;
    return { address, file, problem: undefined };
  } catch (error) {
    if (!isCoded(error) || !isWalletCode(error.code)) throw error;
    return { address: undefined, file, problem: error.code };
  }
}

/** Visible entries of a directory, sorted by code unit; symbolic links count as what they point to. */
async function namesIn(directory: string, kind: "file" | "directory"): Promise<readonly string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const code: WalletCode = absent ? "FILE_NOT_FOUND" : "NOT_READABLE";
    const text = absent
      ? `there is no directory ${directory}`
      : `the directory ${directory} cannot be listed`;
    throw new CodedError(code, text, { directory }, { cause });
  });
  const found: string[] = [];
  for (const name of names.filter((one) => !one.startsWith(".")).sort()) {
    const entry = await stat(join(directory, name)).catch(() => undefined);
    if (kind === "file" ? entry?.isFile() : entry?.isDirectory()) found.push(name);
  }
  return found;
}
