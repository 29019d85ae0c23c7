import { access, mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { BadTagRecord } from "@neurond/workload-storage/sweep";
import { z } from "zod";
import { writeJson } from "./directory-store.ts";

/** A proof as its miner wrote it, and the file it is in. */
export interface HandedIn {
  readonly file: string;
  readonly proof: BadTagRecord;
}

/** Proofs of wrong tags that miners handed in and that were not looked at yet. */
export interface BadTagInbox {
  waiting(): Promise<readonly HandedIn[]>;
  /** They were looked at, whatever they showed. */
  done(files: readonly string[]): Promise<void>;
}

/** Far more than any proof takes. */
const MAX_BYTES = 131_072;
const MAX_FILES = 256;
/** Of one validator: whoever makes up proofs keeps nobody else's out. */
const MAX_WAITING = 64;

/** A proof as miners write it, and as it is handed in. */
export const BadTagFile = BadTagRecord.extend({ kind: z.literal("bad-tag"), v: z.literal(1) });

/** What became of a proof that was handed in. */
export type Taken = "kept" | "known" | "full";

/** A directory of what miners hand in, or an operator for them: their `bad-tag.*.json`. */
export class BadTagDirectory implements BadTagInbox {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async waiting(): Promise<readonly HandedIn[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const files = (await readdir(this.#directory)).filter((name) => name.endsWith(".json")).sort();
    const found: HandedIn[] = [];
    for (const file of files.slice(0, MAX_FILES)) {
      const proof = await readProof(join(this.#directory, file));
      // What is no proof would be read again with every run.
      if (proof === null) await this.done([file]);
      else found.push({ file, proof });
    }
    return found;
  }

  /** Keeps a proof until it is looked at: one for each validator, miner, period and shard. */
  async put(proof: BadTagRecord): Promise<Taken> {
    const { validator, miner, shard_id } = proof.grant.grant;
    const about = `bad-tag.${validator}.`;
    const file = `${about}${miner}.${proof.period}.${shard_id.slice(2, 18)}.json`;
    const path = join(this.#directory, file);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const known of [path, `${path}.seen`]) if (await isThere(known)) return "known";
    const waiting = (await readdir(this.#directory)).filter(
      (name) => name.startsWith(about) && name.endsWith(".json"),
    );
    if (waiting.length >= MAX_WAITING) return "full";
    await writeJson(path, { kind: "bad-tag", v: 1, ...proof });
    return "kept";
  }

  async done(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const path = join(this.#directory, file);
      await rename(path, `${path}.seen`);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readProof(path: string): Promise<BadTagRecord | null> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  if (size > MAX_BYTES) return null;
  const parsed = BadTagFile.safeParse(parseJson(await file.readFile("utf8")));
  if (!parsed.success) return null;
  const { kind: _, v: __, ...proof } = parsed.data;
  return proof;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
