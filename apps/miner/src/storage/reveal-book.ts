import { readFile, rename, writeFile } from "node:fs/promises";
import { revealDue } from "@neurond/workload-storage/sweep";
import { z } from "zod";

const Place = z.strictObject({
  /** The first entry of its log that was not looked at. */
  next: z.int().min(0),
  /** Periods in which one of our sweeps was said to fail, and which are not revealed yet. */
  failed: z.array(z.int().min(0)).max(1000),
  /** The oldest period whose secret it has not said, as its newest plan has it. */
  owes: z.exactOptional(z.strictObject({ period: z.int().min(0), blocks: z.int().min(1) })),
});
const Book = z.record(z.string(), Place);

/** How far the log of one validator was read, and what is still to be looked at. */
export type Place = z.infer<typeof Place>;

/** Where reading stands with every validator, in a file that survives a restart. */
export class RevealBook {
  readonly #file: string;
  #places: Record<string, Place> | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null for a validator whose log was never read. */
  async of(validator: string): Promise<Place | null> {
    return (await this.#read())[validator] ?? null;
  }

  /** Whether a validator keeps a secret that is due at a block, as far as its log was read. */
  async isOverdue(validator: string, block: number): Promise<boolean> {
    const owes = (await this.of(validator))?.owes;
    return owes !== undefined && revealDue(owes.period, owes.blocks) <= block;
  }

  /** Not synced: at worst some entries are looked at twice, which changes nothing. */
  async keep(validator: string, place: Place): Promise<void> {
    const places = await this.#read();
    places[validator] = place;
    await writeFile(`${this.#file}.new`, JSON.stringify(places));
    await rename(`${this.#file}.new`, this.#file);
  }

  async #read(): Promise<Record<string, Place>> {
    if (this.#places !== null) return this.#places;
    const text = await readFile(this.#file, "utf8").catch(() => "{}");
    this.#places = Book.catch({}).parse(parseJson(text));
    return this.#places;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
