import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import { z } from "zod";
import { Ban, type BanStore } from "./ban.ts";
import type { AdminCode } from "./errors.ts";

const BanFile = z.strictObject({ v: z.literal(1), bans: z.array(Ban) });

/** Bans in one file, which one process writes. */
export function fileBans(path: string): BanStore {
  let bans = new Map<string, Ban>();
  const save = async () => {
    try {
      await writeBans(path, [...bans.values()]);
    } catch (cause) {
      const message = `${path} cannot be written: the ban holds until this process ends`;
      throw new CodedError<AdminCode>("BANS_UNSAVED", message, { path }, { cause });
    }
  };
  return {
    isShared: false,
    async read() {
      const file = await readBans(path);
      bans = new Map(file.map((ban) => [ban.key, ban]));
      return file;
    },
    async put(ban) {
      bans.set(ban.key, ban);
      await save();
    },
    async remove(key) {
      if (bans.delete(key)) await save();
    },
  };
}

/** Writes a file of bans, whole or not at all. */
export async function writeBans(path: string, bans: readonly Ban[]): Promise<void> {
  const file: z.input<typeof BanFile> = { v: 1, bans: [...bans] };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
}

/** Reads a file of bans; without one there are none. @throws CodedError BANS_UNREADABLE */
export async function readBans(path: string): Promise<readonly Ban[]> {
  try {
    return BanFile.parse(JSON.parse(await readFile(path, "utf8"))).bans;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    const message = `${path} holds no bans that can be read: repair it, or remove it to lift them all`;
    throw new CodedError<AdminCode>("BANS_UNREADABLE", message, { path }, { cause });
  }
}
