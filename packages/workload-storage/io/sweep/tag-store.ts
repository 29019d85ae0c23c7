import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "@neurond/primitives";
import {
  covers,
  type Entry,
  parseSignedGrant,
  recordSignedGrant,
  type SignedGrant,
  tagBytesOf,
  tagSetOf,
} from "@neurond/workload-storage";
import { syncDirectoryOf, writeDurably } from "../durable-file.ts";
import { type ShardName, shardNameOf } from "../shard-paths.ts";

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

  /** Every grant whose tags are here. */
  list(): readonly SignedGrant[] {
    return [...this.#grants.values()].flat();
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

  /** Stores the sets of a grant that was checked; see `acceptGrant`. A second time changes nothing. */
  async store(signed: SignedGrant, sets: readonly Uint8Array[]): Promise<void> {
    const { directory, tags, grant } = tagFiles(this.#directory, signed);
    const made = await mkdir(directory, { recursive: true });
    if (made !== undefined) await syncDirectoryOf(made);
    await writeDurably(this.#temporary(), tags, Buffer.concat(sets));
    await writeDurably(this.#temporary(), grant, canonicalJson(recordSignedGrant(signed)));
    await syncDirectoryOf(grant);
    const name = shardNameOf(signed.grant.shardId);
    const others = (this.#grants.get(name) ?? []).filter(
      (each) => each.grant.firstPeriod !== signed.grant.firstPeriod,
    );
    this.#grants.set(name, [...others, signed]);
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
      const left = grants.filter((signed) => !over(signed));
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

  #temporary(): string {
    return join(this.#directory, "incoming", randomUUID());
  }
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
    const { size, tagRoots } = signed.grant;
    const found = await stat(tagFiles(root, signed).tags);
    return found.size === tagRoots.length * tagBytesOf(size) ? signed : null;
  } catch {
    return null;
  }
}
