import type { BlobStore } from "./blob-store.ts";
import { checkName } from "./names.ts";

/** The blobs below a name, by their names from there on: several parties share a bucket, each with its own. */
export function prefixedBlobs(blobs: BlobStore, prefix: string): BlobStore {
  const below = `${checkName(prefix)}/`;
  return {
    put: (name, source, waiting) => blobs.put(below + checkName(name), source, waiting),
    get: (name, options) => blobs.get(below + checkName(name), options),
    getTo: (name, path, waiting) => blobs.getTo(below + checkName(name), path, waiting),
    stat: (name, waiting) => blobs.stat(below + checkName(name), waiting),
    async *list(within, { after, signal } = {}) {
      const options = { signal, ...(after !== undefined && { after: below + after }) };
      for await (const { name, size } of blobs.list(below + within, options))
        yield { name: name.slice(below.length), size };
    },
    remove: (name, waiting) => blobs.remove(below + checkName(name), waiting),
  };
}
