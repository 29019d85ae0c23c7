import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expandHome } from "@neurond/chain/wallet";
import { writeWhole } from "@neurond/files";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { walletOf } from "../../wallet.ts";
import { briefLock } from "./brief-lock.ts";
import type { StoreCommandCode } from "./errors.ts";
import {
  entriesOf,
  type HashEntry,
  parseHashes,
  type RichEntry,
  withEntry,
  withoutEntry,
  withUpstreamEntry,
} from "./hash-entries.ts";

const DEFAULT_BASEPATH = "~/.bittensor/hashes";
/** Some hundred thousand files. */
const MAX_BYTES = 67_108_864;

/** Option that says where the ids of a wallet's files are. */
export const HASH_OPTION: Parameter = {
  flags: "--hash-basepath <directory>",
  description: `where each wallet's names and ids of files are kept (default: ${DEFAULT_BASEPATH})`,
};

/** The hash file of the wallet a call names; null for a key that is in no wallet. */
export function hashFileOf(call: Call): HashFile | null {
  if (call.given("uri") !== undefined && call.given("hash-basepath") === undefined) return null;
  return new HashFile(join(hashBasepath(call), `${walletOf(call).places.name}.json`));
}

/** The directory of hash files that a call names. */
export function hashBasepath(call: Call): string {
  return expandHome(call.given("hash-basepath") ?? DEFAULT_BASEPATH, call.env);
}

/** Names and ids of what one coldkey stored, in a file that upstream's programs read and write too. */
export class HashFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** None when there is no such file. @throws CodedError HASH_FILE_INVALID */
  async entries(): Promise<readonly HashEntry[]> {
    return entriesOf(await this.#read());
  }

  /** Remembers a file, beside others of the same name. */
  async add(name: string, entry: RichEntry, signal: AbortSignal): Promise<void> {
    await this.#change((hashes) => withEntry(hashes, name, entry), signal);
  }

  /** Remembers a file that an API node keeps, in upstream's form alone. */
  async addUpstream(
    name: string,
    file: { readonly id: string; readonly node: Hotkey },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#change((hashes) => withUpstreamEntry(hashes, name, file), signal);
  }

  /** Forgets a file. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.#change((hashes) => withoutEntry(hashes, id), signal);
  }

  async #change(
    change: (hashes: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    using _ = await briefLock(`${this.path}.lock`, signal);
    const text = `${JSON.stringify(change(await this.#read()), undefined, 2)}\n`;
    await writeWhole(this.path, text);
  }

  async #read(): Promise<Readonly<Record<string, unknown>>> {
    const text = await readBounded(this.path);
    if (text === undefined || text === "") return {};
    const hashes = parseHashes(text);
    if (hashes !== undefined) return hashes;
    const message = `${this.path} is not a JSON object; move it away, nothing was changed`;
    throw new CodedError<StoreCommandCode>("HASH_FILE_INVALID", message, { path: this.path });
  }
}

async function readBounded(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    if (size <= MAX_BYTES) return await file.readFile("utf8");
    const message = `${path} has ${size} bytes, more than ${MAX_BYTES} are not read`;
    throw new CodedError<StoreCommandCode>("HASH_FILE_INVALID", message, { path });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
