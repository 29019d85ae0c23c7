import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where things are within the directory. */
export interface Paths {
  /** One Parquet file per entry that is here. */
  readonly invocations: string;
  /** Of each archived entry the ids of its rows, by which it is known whether the file is needed. */
  readonly ids: string;
  /** What may be deleted at any time while nothing runs. */
  readonly temporary: string;
}

/** An entry in the archive. */
export interface Archived {
  /** Of its invocations. */
  readonly bytes: number;
  /** Parquet with the columns `attempt` and `request`: each id as `ID_DIGEST` has it. */
  readonly idsPath: string;
}

const MARKER = /^([0-9a-f-]{36})\.(\d+)\.parquet$/;
const DOOMED = ".doomed";

/**
 * Which invocations are here, which are archived, and which were used last. The file system is the only record: a
 * marker with the ids says that an entry is archived, and its invocations may go.
 */
export class EntryFiles {
  readonly #paths: Paths;
  /** Sizes by entry, those not used for longest first. */
  readonly #here: Map<string, number>;
  readonly #archived: Map<string, Archived>;

  private constructor(paths: Paths, here: Map<string, number>, archived: Map<string, Archived>) {
    this.#paths = paths;
    this.#here = here;
    this.#archived = archived;
  }

  /** Looks what is there of `entries`, oldest first. Of others nothing is kept: their loading was cut off. */
  static async open(paths: Paths, entries: readonly string[]): Promise<EntryFiles> {
    const owned = new Set(entries);
    const archived = new Map<string, Archived>();
    const files = new EntryFiles(paths, new Map(), archived);
    for (const name of await readdir(paths.ids)) {
      if (name.endsWith(DOOMED)) continue;
      const [, entryId = "", bytes = ""] = MARKER.exec(name) ?? [];
      const idsPath = join(paths.ids, name);
      if (entryId === "") await rm(idsPath, { force: true });
      else archived.set(entryId, { bytes: Number(bytes), idsPath });
    }
    for (const entryId of archived.keys()) if (!owned.has(entryId)) await files.doom(entryId);
    const present = new Set(await readdir(paths.invocations));
    for (const entryId of entries) {
      if (present.delete(`${entryId}.parquet`)) await files.cameHere(entryId);
    }
    for (const name of present) await rm(join(paths.invocations, name), { force: true });
    return files;
  }

  /** Where the invocations of an entry are kept. */
  pathOf(entryId: string): string {
    return join(this.#paths.invocations, `${entryId}.parquet`);
  }

  /** Where the marker of an archived entry is kept. */
  markerOf(entryId: string, bytes: number): string {
    return join(this.#paths.ids, `${entryId}.${bytes}.parquet`);
  }

  /** Bytes of all invocations that are here. */
  get bytes(): number {
    return this.#here.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  isHere(entryId: string): boolean {
    return this.#here.has(entryId);
  }

  archived(entryId: string): Archived | undefined {
    return this.#archived.get(entryId);
  }

  /** Those that are here, the one not used for longest first. */
  byAge(): readonly string[] {
    return [...this.#here.keys()];
  }

  /** Notes that invocations are used again. */
  used(entryId: string): void {
    const bytes = this.#here.get(entryId);
    if (bytes === undefined || !this.#here.delete(entryId)) return;
    this.#here.set(entryId, bytes);
  }

  /** Notes that invocations are here. */
  async cameHere(entryId: string): Promise<void> {
    const { size } = await stat(this.pathOf(entryId));
    this.#here.set(entryId, size);
  }

  /** Notes that an entry is in the archive: its marker is there. */
  wasArchived(entryId: string, archived: Archived): void {
    this.#archived.set(entryId, archived);
  }

  /** Removes invocations that an archive has. */
  async leave(entryId: string): Promise<void> {
    this.#here.delete(entryId);
    await rm(this.pathOf(entryId), { force: true });
  }

  /** Removes what is here of an entry that is loaded no more, and marks its archive for removal. */
  async forget(entryId: string): Promise<void> {
    await this.leave(entryId);
    await this.doom(entryId);
  }

  /** Marks an archive for removal; nothing where there is none. */
  async doom(entryId: string): Promise<void> {
    const archived = this.#archived.get(entryId);
    if (archived === undefined) return;
    await rename(archived.idsPath, join(this.#paths.ids, `${entryId}${DOOMED}`));
    this.#archived.delete(entryId);
  }

  /** Entries whose archives are to be removed. */
  async doomed(): Promise<readonly string[]> {
    const names = await readdir(this.#paths.ids);
    return names.flatMap((name) => (name.endsWith(DOOMED) ? [name.slice(0, -DOOMED.length)] : []));
  }

  /** Says that a doomed archive is removed, or is needed again. */
  async spare(entryId: string): Promise<void> {
    await rm(join(this.#paths.ids, `${entryId}${DOOMED}`), { force: true });
  }
}
