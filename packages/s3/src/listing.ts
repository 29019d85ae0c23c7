import type { ListedObject, ListStart, ObjectIndex } from "./object-index.ts";

export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  readonly start: ListStart | null;
  /** Objects and common prefixes together. */
  readonly limit: number;
}

/** A page of a listing. */
export interface Listing {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
  /** Where the next page begins; null when there is none. */
  readonly next: ListStart | null;
}

const PAGE = 1000;

/** A page of objects; keys with the delimiter behind the prefix come as one common prefix each. */
export async function listObjects(index: ObjectIndex, query: ListingQuery): Promise<Listing> {
  const { bucket, prefix, delimiter, limit } = query;
  const objects: ListedObject[] = [];
  const prefixes: string[] = [];
  let start = query.start;
  let last: ListStart | null = start;
  if (limit === 0) return { objects, prefixes, next: null };
  for (;;) {
    const room = limit - objects.length - prefixes.length;
    // One more than fits tells whether there is a next page.
    const wanted = Math.min(PAGE, delimiter === "" ? room + 1 : Math.max(room + 1, 100));
    const page = await index.list(bucket, { prefix, start, limit: wanted });
    let group: string | null = null;
    for (const object of page) {
      const found = delimiter === "" ? null : groupOf(object.key, prefix, delimiter);
      if (found !== null && found === group) continue;
      if (objects.length + prefixes.length === limit) return { objects, prefixes, next: last };
      group = found;
      if (found === null) objects.push(object);
      else prefixes.push(found);
      last = found === null ? { after: object.key } : { past: found };
    }
    if (page.length < wanted) return { objects, prefixes, next: null };
    // Whatever else begins with the last common prefix is skipped by the index itself.
    start = last;
  }
}

function groupOf(key: string, prefix: string, delimiter: string): string | null {
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? null : key.slice(0, at + delimiter.length);
}
