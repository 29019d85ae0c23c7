import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { verifySr25519 } from "@neurond/crypto";
import { writeWhole } from "@neurond/files";
import { type Hex, type Hotkey, isCoded, parseHotkey } from "@neurond/primitives";
import {
  decodeManifest,
  encodeManifest,
  MAX_READ_GRANT,
  type Manifest,
} from "@neurond/workload-storage/file";
import { z } from "zod";

/** A stored file as this machine remembers it. */
export interface LocalFile {
  readonly manifest: Manifest;
  /** The validator it was stored through, and where that was reached. */
  readonly validator: Hotkey;
  readonly url: string;
  /** Other validators that keep the manifest, for when that one is away. */
  readonly keepers?: readonly Keeper[] | undefined;
  /** The owner's grant to us, for a file of somebody else; see `signReadGrant`. */
  readonly grant?: string | undefined;
}

/** A validator, and where it was reached. */
export interface Keeper {
  readonly hotkey: Hotkey;
  readonly url: URL;
}

/** More are not written, and not read. */
const MAX_KEEPERS = 16;

const Stored = z.strictObject({
  v: z.literal(1),
  validator: z.string(),
  url: z.url(),
  /** The manifest's own text, which its signature is over. */
  manifest: z.string(),
  keepers: z
    .array(z.strictObject({ validator: z.string(), url: z.url() }))
    .max(MAX_KEEPERS)
    .optional(),
  grant: z.string().max(MAX_READ_GRANT).optional(),
});

const SUFFIX = ".json";

/**
 * The files stored from this machine, one record each. Keys and names are boxed for their owner; what
 * stands open is sizes and miners.
 */
export class LocalFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes the directory, for its owner only. */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  /** Keeps a record; where it is. */
  async save(file: LocalFile): Promise<string> {
    await this.prepare();
    const path = this.#pathOf(file.manifest.id);
    await writeWhole(path, encodeLocalFile(file));
    return path;
  }

  /** All that can be read, newest first; others are named. */
  async all(): Promise<{
    readonly files: readonly LocalFile[];
    readonly unreadable: readonly string[];
  }> {
    const files: LocalFile[] = [];
    const unreadable: string[] = [];
    for (const name of await this.#names()) {
      const file = await this.#read(name);
      if (file === undefined) unreadable.push(name);
      else files.push(file);
    }
    files.sort((a, b) => b.manifest.created - a.manifest.created);
    return { files, unreadable };
  }

  /** Forgets a record; one that is not there is no error. */
  async remove(id: Hex): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  #pathOf(id: Hex): string {
    return join(this.directory, `${id.slice(2)}${SUFFIX}`);
  }

  async #read(name: string): Promise<LocalFile | undefined> {
    return decodeLocalFile(await readFile(join(this.directory, name), "utf8"));
  }

  async #names(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.directory);
      return names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

/** The text of a record; what an owner hands to whom a file is shared with has the same form. */
export function encodeLocalFile({ manifest, validator, url, keepers, grant }: LocalFile): string {
  const others = keepers?.slice(0, MAX_KEEPERS).map((keeper) => {
    return { validator: keeper.hotkey, url: keeper.url.href };
  });
  const text = encodeManifest(manifest);
  const stored = { v: 1, validator, url, manifest: text, keepers: others, grant };
  return `${JSON.stringify(stored)}\n`;
}

/** Reads a record; undefined for what is none, or whose manifest its owner did not sign. */
export function decodeLocalFile(text: string): LocalFile | undefined {
  try {
    const { manifest, validator, url, keepers, grant } = Stored.parse(JSON.parse(text));
    return {
      manifest: decodeManifest(manifest, verifySr25519),
      validator: parseHotkey(validator),
      url,
      ...(keepers !== undefined && { keepers: keepers.map(keeperOf) }),
      ...(grant !== undefined && { grant }),
    };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    if (isCoded(error, "MANIFEST_INVALID", "SS58_INVALID")) return undefined;
    throw error;
  }
}

function keeperOf({
  validator,
  url,
}: {
  readonly validator: string;
  readonly url: string;
}): Keeper {
  return { hotkey: parseHotkey(validator), url: new URL(url) };
}
