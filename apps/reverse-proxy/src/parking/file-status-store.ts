import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import type { StatusStore, StoredJob } from "./status-store.ts";
import { JobFile } from "./stored-job.ts";

export interface FileStatusStoreOptions {
  /** Made when missing, for its owner only: answers to signed requests are in it. */
  readonly directory: string;
  /** Of all files; beyond, what was written longest ago goes first. */
  readonly maxBytes: number;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

const STRAY_MS = 3_600_000;

/** Opens a store with two files for each job; what is expired is deleted now and as others come. */
export async function openFileStatusStore(options: FileStatusStoreOptions): Promise<StatusStore> {
  const { directory, maxBytes, now = Date.now } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const store = new FileStatusStore(directory, maxBytes, now);
  await store.readIndex();
  return store;
}

interface Entry {
  readonly sizeBytes: number;
  readonly forgottenAtMs: number;
}

class FileStatusStore implements StatusStore {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** By file name, what was written longest ago first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(directory: string, maxBytes: number, now: () => number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  async readIndex(): Promise<void> {
    const names = await readdir(this.#directory);
    const found: (Entry & { readonly name: string; readonly writtenMs: number })[] = [];
    for (const name of names) {
      const path = join(this.#directory, name);
      const stem = name.replace(/\.(json|body)$/, "");
      // Another process may have put it in its place, or thrown it out, since the directory was read.
      const there = await stat(path).catch(unlessGone);
      if (there === undefined) continue;
      const { size, mtimeMs } = there;
      const isPart =
        name.endsWith(".part") || (name.endsWith(".body") && !names.includes(`${stem}.json`));
      // Left by a process that was killed; a young one another process may be writing just now.
      if (isPart && mtimeMs < this.#now() - STRAY_MS) await rm(path, { force: true });
      if (!name.endsWith(".json")) continue;
      const file = await this.#readJob(stem);
      found.push({
        name: stem,
        sizeBytes: size + (file?.body?.sizeBytes ?? 0),
        forgottenAtMs: file?.forgottenAtMs ?? 0,
        writtenMs: mtimeMs,
      });
    }
    for (const entry of found.sort((a, b) => a.writtenMs - b.writtenMs))
      this.#enter(entry.name, entry);
    await this.#makeRoom();
  }

  async save({ job, body, forgottenAtMs }: StoredJob): Promise<void> {
    const name = nameOf(job.owner, job.id);
    const described = body && { sizeBytes: body.length, sha256: sha256(body) };
    const file = Buffer.from(
      JSON.stringify({ v: 1, job, forgottenAtMs, body: described } satisfies JobFile),
    );
    // The body first: the file that speaks of it must never be there without it.
    if (body !== null) await writeWhole(join(this.#directory, `${name}.body`), body);
    await writeWhole(join(this.#directory, `${name}.json`), file);
    this.#enter(name, { sizeBytes: file.length + (body?.length ?? 0), forgottenAtMs });
    await this.#makeRoom();
  }

  async find(owner: string, id: string): Promise<StoredJob | undefined> {
    const name = nameOf(owner, id);
    if (!this.#entries.has(name)) return undefined;
    const file = await this.#readJob(name);
    if (file === undefined || file.forgottenAtMs <= this.#now()) return undefined;
    if (file.body === null) return { ...file, body: null };
    const body = await readFile(join(this.#directory, `${name}.body`)).catch(() => null);
    const isWhole = body !== null && sha256(body) === file.body.sha256;
    return { ...file, body: isWhole ? body : null };
  }

  async #readJob(name: string): Promise<JobFile | undefined> {
    try {
      const text = await readFile(join(this.#directory, `${name}.json`), "utf8");
      return JobFile.safeParse(JSON.parse(text)).data;
    } catch {
      // Gone meanwhile, or damaged: then nothing is known of it.
      return undefined;
    }
  }

  #enter(name: string, { sizeBytes, forgottenAtMs }: Entry): void {
    this.#leave(name);
    this.#entries.set(name, { sizeBytes, forgottenAtMs });
    this.#bytes += sizeBytes;
  }

  #leave(name: string): void {
    this.#bytes -= this.#entries.get(name)?.sizeBytes ?? 0;
    this.#entries.delete(name);
  }

  async #makeRoom(): Promise<void> {
    const nowMs = this.#now();
    for (const [name, { forgottenAtMs }] of this.#entries) {
      if (forgottenAtMs > nowMs && this.#bytes <= this.#maxBytes) continue;
      this.#leave(name);
      await rm(join(this.#directory, `${name}.json`), { force: true });
      await rm(join(this.#directory, `${name}.body`), { force: true });
    }
  }
}

/** Owners and ids are anybody's text: only their hash becomes a file name. */
function nameOf(owner: string, id: string): string {
  return sha256(Buffer.from(JSON.stringify([owner, id])));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
