import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { putFile, StoredFileReader } from "../src/index.ts";
import { bytesOf, fileOf, KEY, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

test.each([2 ** 26 - 1, 2 ** 26, 2 ** 26 + 1])(
  "a file of %i bytes, in segments of the usual length, outlives 14 of its 24 miners",
  async (size) => {
    const bytes = bytesOf(size);
    await using file = await fileOf(bytes);
    const network = new MemoryNetwork(24);
    const { manifest } = await putFile({ ...owned, source: file.path, network });
    expect(manifest).toMatchObject({ rs: [10, 24], segments: { length: 2 } });
    for (const { shards } of network.miners.slice(3, 17)) shards.clear();
    await using back = new StoredFileReader({ manifest, ownerKey: KEY, network });
    const digest = createHash("sha256");
    for await (const view of back.views()) digest.update(view);
    expect(digest.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    const [from, to] = [size - 100_000, size - 70_000];
    let at = from;
    for await (const piece of back.read(from, to)) {
      expect(bytes.subarray(at, at + piece.length).equals(piece)).toBe(true);
      at += piece.length;
    }
    expect(at).toBe(to);
  },
);
