import { createHash } from "node:crypto";
import { HEADER_BYTES, RECORD_BYTES, TAG_BYTES } from "@neurond/workload-storage/file";
import { encryptStream } from "@neurond/workload-storage/io";
import fc from "fast-check";
import { expect, test } from "vitest";
import { recordAt, SegmentReader } from "../src/segment-reader.ts";
import { INLINE, type ShardWorkers, WorkPool } from "../src/work-pool.ts";
import { bytesOf, collected } from "./support/files.ts";

const KEYS = {
  key: bytesOf(32, "key"),
  fileId: bytesOf(32, "id"),
  noncePrefix: bytesOf(7, "prefix"),
};
const SEALED = RECORD_BYTES + TAG_BYTES;
const BYTES = bytesOf(5_000_000);

async function* arriving(bytes: Uint8Array, piece: number) {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** The segments of a file from one of them on, read through one buffer. */
async function segmentsFrom(
  bytes: Uint8Array,
  segmentBytes: number,
  { segment = 0, piece = 50_001, workers = INLINE as ShardWorkers } = {},
) {
  const { plainOffset } = recordAt(segment, segmentBytes);
  const digest = createHash("sha256").update(bytes.subarray(0, plainOffset));
  const source = arriving(bytes.subarray(plainOffset), piece);
  const reader = new SegmentReader(KEYS, source, segmentBytes, { segment, digest });
  const slab = new Uint8Array(new SharedArrayBuffer(segmentBytes));
  const segments: Buffer[] = [];
  for (;;) {
    const filled = await reader.fill(slab, workers);
    segments.push(Buffer.from(Uint8Array.from(slab.subarray(0, filled.bytes))));
    if (filled.isLast) return { segments, ...reader.finish() };
    expect(filled.bytes).toBe(segmentBytes);
  }
}

const encrypted = (bytes: Uint8Array) =>
  collected(encryptStream(KEYS, KEYS.noncePrefix, arriving(bytes, 70_000)));

test("segments are the encrypted file cut up, wherever reading begins", async () => {
  const sizes = fc.oneof(
    fc.nat(300_000),
    fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_072, 196_608),
  );
  const segmentSizes = fc.oneof(
    fc.integer({ min: 5_000, max: 200_000 }),
    // Records that end where a segment ends.
    fc.constantFrom(...[1, 2, 3].map((records) => HEADER_BYTES + records * SEALED), SEALED),
  );
  await fc.assert(
    fc.asyncProperty(
      sizes,
      segmentSizes,
      fc.integer({ min: 3_000, max: 150_000 }),
      fc.nat(1_000),
      async (size, segmentBytes, piece, at) => {
        const bytes = BYTES.subarray(0, size);
        const due = await encrypted(bytes);
        const all = Math.ceil(due.length / segmentBytes);
        const segment = at % all;
        const is = await segmentsFrom(bytes, segmentBytes, { segment, piece });
        expect(is.segments).toHaveLength(all - segment);
        expect(Buffer.concat(is.segments).equals(due.subarray(segment * segmentBytes))).toBe(true);
        expect(is.plainBytes).toBe(size);
        expect(is.plainSha256).toEqual(createHash("sha256").update(bytes).digest());
      },
    ),
    { numRuns: 150 },
  );
});

test("threads that encrypt what was read give the same bytes", { timeout: 60_000 }, async () => {
  await using workers = new WorkPool(2);
  const { segments } = await segmentsFrom(BYTES, 2_300_000, { workers });
  expect(Buffer.concat(segments).equals(await encrypted(BYTES))).toBe(true);
});

test("a segment is not given out when its records could not be encrypted", async () => {
  const workers = new WorkPool(1);
  await workers[Symbol.asyncDispose]();
  await expect(segmentsFrom(BYTES, 2_300_000, { workers })).rejects.toThrow("stopped");
});
