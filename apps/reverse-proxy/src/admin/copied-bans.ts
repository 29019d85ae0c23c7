import { isCoded } from "@neurond/primitives";
import type { Ban, BanStore } from "./ban.ts";
import { readBans, writeBans } from "./file-bans.ts";

/** Shared bans with a copy on our own disk, by which a proxy begins that starts while they cannot be read. */
export function copiedBans(shared: BanStore, path: string): BanStore {
  let isFirst = true;
  /** Null until the copy was looked at; one that is damaged is made anew. */
  let copied: string | null = null;
  const copy = async (bans: readonly Ban[]) => {
    copied ??= JSON.stringify(await readBans(path).catch(() => null));
    const text = JSON.stringify(bans);
    if (text === copied) return;
    await writeBans(path, bans);
    copied = text;
  };
  return {
    isShared: true,
    async read() {
      try {
        const bans = await shared.read();
        // The copy is for a later start: a full disk is no reason not to follow now.
        await copy(bans).catch(() => undefined);
        return bans;
      } catch (error) {
        if (!isFirst || !isCoded(error, "BANS_UNSAVED")) throw error;
        return await readBans(path);
      } finally {
        isFirst = false;
      }
    },
    put: (ban) => shared.put(ban),
    remove: (key) => shared.remove(key),
  };
}
