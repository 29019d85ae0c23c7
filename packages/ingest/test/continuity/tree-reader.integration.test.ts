import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TreeReader } from "../../io/continuity/tree-reader.ts";
import { dataset } from "../world.ts";
import { reportOf } from "./rewrite.ts";

const signal = AbortSignal.timeout(60_000);

/** An hour of some thousand rows, and the tree that its report states. */
function hour(rate: number) {
  const world = dataset("--hours", "1", "--miners", "4", "--chutes", "6", "--rate", `${rate}`);
  const { csv_exports: exports, neurond } = reportOf(world, 0).json;
  const file = join(world.folder, "blobs", exports["invocations"]?.path ?? "");
  return { file, sizeBytes: statSync(file).size, stated: neurond?.invocation_tree };
}

describe("a tree", () => {
  it("is the same on a thread of its own, and however many wait for theirs", async () => {
    const [long, short] = [hour(24_000), hour(60)];
    // Or this says nothing about threads.
    expect(long.sizeBytes).toBeGreaterThan(4 << 20);
    const reader = new TreeReader();
    const read = await Promise.all(
      [long, short, long].map(({ file }) => reader.read(file, signal)),
    );
    expect(read).toMatchObject([long.stated, short.stated, long.stated]);
  });

  it("that nobody waits for any more keeps no thread, and the next has its turn", async () => {
    const [long, short] = [hour(24_000), hour(60)];
    const reader = new TreeReader();
    const stop = new AbortController();
    const stopped = reader.read(long.file, stop.signal);
    const next = reader.read(short.file, signal);
    const missing = reader.read(`${short.file}.gone`, signal);
    setImmediate(() => stop.abort());
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await next).toMatchObject({ ...short.stated });
    await expect(missing).rejects.toMatchObject({ code: "ENOENT" });
  });
});
