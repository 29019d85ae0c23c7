import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, canonicalJson } from "@neurond/primitives";
import { compareBytes, type Entry, type StorageCode } from "@neurond/workload-storage";
import {
  covers,
  grantDigest,
  parseSignedGrant,
  recordSignedGrant,
  type SignedGrant,
  tagBytesOf,
  tagSetOf,
} from "@neurond/workload-storage/sweep";
import { syncDirectoryOf, writeDurably } from "../durable-file.ts";
import { type ShardName, shardNameOf } from "../shard-paths.ts";
import { receiveTags } from "./receive-tags.ts";

/** More grants of one shard than renewals bring would only fill the disk. */
const MAX_GRANTS = 8;

/** Where a period's tags of a shard lie. */
export interface TagPlace {
  readonly tagsPath: string;
  readonly tagsFrom: number;
}

/**
 * A miner's tags on disk: per grant one file with its sets, and the grant, renamed last. Tags are no
 * secret, and useless for any other shard, miner or period.
 */
export class TagStore {
  readonly #directory: string;
  readonly #grants: Map<ShardName, SignedGrant[]>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, grants: Map<ShardName, SignedGrant[]>) {
    this.#directory = directory;
    this.#grants = grants;
  }

  /** Opens a directory, makes it if need be, and clears what a crash left half-done. */
  static async open(directory: string): Promise<TagStore> {
    const incoming = join(directory, "incoming");
    await rm(incoming, { recursive: true, force: true });
    await mkdir(incoming, { recursive: true });
    await mkdir(join(directory, "tags"), { recursive: true });
    return new TagStore(directory, await readGrants(directory));
  }

  /** Bytes of all tags. */
  get usedBytes(): number {
    return this.list().reduce((sum, { grant }) => sum + bytesOfGrant(grant), 0);
  }

  /** Every grant whose tags are here. */
  list(): readonly SignedGrant[] {
    return [...this.#grants.values()].flat();
  }

  /** The grants of a shard. */
  of(name: ShardName): readonly SignedGrant[] {
    return this.#grants.get(name) ?? [];
  }

  /** The tags of an entry for a period; null when no grant has brought them. */
  find(entry: Entry, period: number): TagPlace | null {
    const signed = this.#grants
      .get(shardNameOf(entry.shardId))
      ?.find(({ grant }) => covers(grant, entry, period));
    const set = signed && tagSetOf(signed.grant, period);
    if (signed === undefined || set === undefined || set === null) return null;
    const { tags } = tagFiles(this.#directory, signed);
    return { tagsPath: tags, tagsFrom: set * tagBytesOf(entry.size) };
  }

  /**
   * Takes the sets of a grant, one after the other, and keeps them if they are the grant's; see
   * `acceptGrant`. A second time changes nothing.
   * @throws CodedError GRANT_INVALID DISK_FULL
   */
  async store(signed: SignedGrant, body: AsyncIterable<Uint8Array>): Promise<void> {
    const name = shardNameOf(signed.grant.shardId);
    if (this.#standing(signed) === undefined && this.of(name).length >= MAX_GRANTS) {
      const message = `a shard has at most ${MAX_GRANTS} grants: the oldest go when they are over`;
      throw new CodedError<StorageCode>("GRANT_INVALID", message);
    }
    const temporary = this.#temporary();
    await receiveTags(temporary, signed.grant, body);
    // One after the other: two grants of one shard and period must not mix.
    const mine = this.#last.then(() => this.#keep(signed, temporary));
    this.#last = mine.catch(() => undefined);
    await mine;
  }

  async #keep(signed: SignedGrant, temporary: string): Promise<void> {
    const { directory, tags, grant } = tagFiles(this.#directory, signed);
    const name = shardNameOf(signed.grant.shardId);
    const standing = this.#standing(signed);
    if (standing !== undefined) {
      await rm(temporary, { force: true });
      requireSame(standing, signed);
      return;
    }
    const made = await mkdir(directory, { recursive: true });
    if (made !== undefined) await syncDirectoryOf(made);
    await rename(temporary, tags);
    await writeDurably(this.#temporary(), grant, canonicalJson(recordSignedGrant(signed)));
    await syncDirectoryOf(grant);
    this.#grants.set(name, [...this.of(name), signed]);
  }

  /** The grant that is here for the same shard and first period. */
  #standing({ grant: { shardId, firstPeriod } }: SignedGrant): SignedGrant | undefined {
    return this.of(shardNameOf(shardId)).find(({ grant }) => grant.firstPeriod === firstPeriod);
  }

  /** Forgets all tags of a shard. */
  async delete(name: ShardName): Promise<void> {
    for (const signed of this.#grants.get(name) ?? []) await this.#remove(signed);
    this.#grants.delete(name);
  }

  /** Forgets grants that serve no period from `period` on; returns how many. */
  async collect(period: number): Promise<number> {
    const over = ({ grant }: SignedGrant) => grant.firstPeriod + grant.tagRoots.length <= period;
    let removed = 0;
    for (const [name, grants] of this.#grants) {
      for (const signed of grants.filter(over)) {
        await this.#remove(signed);
        removed += 1;
      }
      // Looked at anew: others may have come meanwhile.
      const left = this.of(name).filter((signed) => !over(signed));
      if (left.length === 0) this.#grants.delete(name);
      else this.#grants.set(name, left);
    }
    return removed;
  }

  async #remove(signed: SignedGrant): Promise<void> {
    const { tags, grant } = tagFiles(this.#directory, signed);
    // Without its grant a file of tags is nothing.
    await rm(grant, { force: true });
    await rm(tags, { force: true });
  }

  /** Forgets the tags of shards that are not held; returns how many grants there were. */
  async keepOnly(isHeld: (name: ShardName) => boolean): Promise<number> {
    let removed = 0;
    for (const [name, grants] of this.#grants) {
      if (isHeld(name)) continue;
      await this.delete(name);
      removed += grants.length;
    }
    return removed;
  }

  #temporary(): string {
    return join(this.#directory, "incoming", randomUUID());
  }
}

/** What we countersigned stays: two grants for one shard and period are the validator's fault. */
function requireSame(standing: SignedGrant, signed: SignedGrant): void {
  if (compareBytes(grantDigest(standing.grant), grantDigest(signed.grant)) === 0) return;
  const { firstPeriod } = signed.grant;
  const message = `tags from period ${firstPeriod} on were granted already, and were others`;
  throw new CodedError<StorageCode>("GRANT_INVALID", message);
}

function bytesOfGrant({ size, tagRoots }: SignedGrant["grant"]): number {
  return tagBytesOf(size) * tagRoots.length;
}

function tagFiles(root: string, { grant }: SignedGrant) {
  const name = shardNameOf(grant.shardId);
  const directory = join(root, "tags", name.slice(0, 2));
  const base = join(directory, `${name}.${grant.firstPeriod}`);
  return { directory, tags: `${base}.tags`, grant: `${base}.json` };
}

async function readGrants(root: string): Promise<Map<ShardName, SignedGrant[]>> {
  const grants = new Map<ShardName, SignedGrant[]>();
  for (const directory of await readdir(join(root, "tags"))) {
    const path = join(root, "tags", directory);
    const files = new Set(await readdir(path));
    for (const file of files) {
      if (file.endsWith(".tags")) {
        if (!files.has(file.replace(/tags$/, "json"))) await rm(join(path, file), { force: true });
        continue;
      }
      const signed = await readStored(root, join(path, file));
      if (signed === null) continue; // it stays for a look; without tags its shard is conceded
      const name = shardNameOf(signed.grant.shardId);
      grants.set(name, [...(grants.get(name) ?? []), signed]);
    }
  }
  return grants;
}

async function readStored(root: string, path: string): Promise<SignedGrant | null> {
  try {
    const signed = parseSignedGrant(JSON.parse(await readFile(path, "utf8")));
    const found = await stat(tagFiles(root, signed).tags);
    return found.size === bytesOfGrant(signed.grant) ? signed : null;
  } catch {
    return null;
  }
}
