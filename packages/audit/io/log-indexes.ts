import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LogIndex } from "@neurond/audit";
import type { Hotkey } from "@neurond/primitives";
import { z } from "zod";
import { readJson, writeJson } from "./directory-store.ts";

/** What is known of a log. */
const KnownLog = z.strictObject({
  index: LogIndex,
  /** Names of periods that were judged with their secret. */
  judged: z.array(z.string().max(32)).max(4096),
});
export type KnownLog = Readonly<z.infer<typeof KnownLog>>;

/** What is kept of validators' logs, so that each entry is read when it is new and when it is wanted. */
export interface LogIndexes {
  read(validator: Hotkey): Promise<KnownLog | null>;
  write(validator: Hotkey, known: KnownLog): Promise<void>;
}

/** Keeps nothing. */
export const NO_INDEXES: LogIndexes = {
  read: async () => null,
  write: async () => undefined,
};

/** One file for each validator. What cannot be read is made anew from the log. */
export class LogIndexDirectory implements LogIndexes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async read(validator: Hotkey): Promise<KnownLog | null> {
    const kept = await readJson(this.#file(validator)).catch((error: unknown) => {
      if (error instanceof SyntaxError) return null;
      throw error;
    });
    return KnownLog.safeParse(kept).data ?? null;
  }

  async write(validator: Hotkey, known: KnownLog): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    await writeJson(this.#file(validator), known);
  }

  #file(validator: Hotkey): string {
    return join(this.#directory, `${validator}.json`);
  }
}
