import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@neurond/files";
import { z } from "zod";

/** A report on its way: it must be on chain before a validator takes it. */
const Sending = z.object({
  endMs: z.int(),
  /** The report's text; its bytes are what was hashed. */
  text: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Block after which it was sent to the chain; null before. */
  sentBlock: z.int().nullable(),
  /** The final block that holds it. */
  block: z.int().nullable(),
  /** Validators that have it, or have refused it for good. */
  settled: z.array(z.string()),
});
export type Sending = z.infer<typeof Sending>;

/** The one report under way, in a file that survives a restart. */
export class Outbox {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null when nothing is under way, or when the file is no outbox: then the next slice begins clean. */
  async read(): Promise<Sending | null> {
    try {
      const parsed = Sending.safeParse(JSON.parse(await readFile(this.#file, "utf8")));
      return parsed.success ? parsed.data : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** Durable when it resolves; the file is always a whole one. */
  async write(sending: Sending): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeWhole(this.#file, JSON.stringify(sending));
  }
}
