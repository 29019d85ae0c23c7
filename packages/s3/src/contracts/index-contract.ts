import type { NewObject, ObjectIndex, Upload, UploadPart } from "../object-index.ts";
import { type ContractCheck, expectSame } from "./check.ts";

export type { ContractCheck } from "./check.ts";

/** What a check needs of the adapter it is run against. */
export interface IndexHarness {
  /** Without a bucket. */
  readonly index: ObjectIndex;
  /** Blobs queued for removal, in any order. */
  garbage(): Promise<readonly string[]>;
}

const OWNER = "5Alice";
const BUCKET = "photos";

/** The contract of `ObjectIndex`, for any test runner: give each check a harness of its own. */
export const indexContract: readonly ContractCheck<IndexHarness>[] = [
  {
    name: "a bucket is one owner's, is listed by name, and goes when it is empty",
    async run({ index }) {
      const bucket = (name: string, owner = OWNER) => ({ name, owner, createdMs: 5 });
      expectSame(await index.createBucket(bucket("zebra"), 3), "created", "first");
      expectSame(await index.createBucket(bucket("zebra", "5Bob"), 3), "exists", "again");
      expectSame(await index.createBucket(bucket("a.b-c"), 3), "created", "second");
      expectSame(await index.createBucket(bucket("mine", "5Bob"), 3), "created", "another's");
      expectSame(await index.createBucket(bucket("third"), 2), "too-many", "limit");
      expectSame(await index.bucket("zebra"), bucket("zebra"), "bucket");
      expectSame(await index.bucket("none"), null, "missing");
      const names = (await index.buckets(OWNER)).map(({ name }) => name);
      expectSame(names, ["a.b-c", "zebra"], "own");
      await index.putObject("zebra", "k", object([]));
      expectSame(await index.deleteBucket("zebra"), "not-empty", "not empty");
      expectSame(await index.deleteObject("zebra", "k"), true, "object");
      expectSame(await index.deleteObject("zebra", "k"), false, "object again");
      expectSame(await index.deleteBucket("zebra"), "deleted", "empty");
      expectSame(await index.deleteBucket("zebra"), "missing", "gone");
      expectSame(await index.putObject("zebra", "k", object([])), "no-bucket", "no bucket");
    },
  },
  {
    name: "an object comes back as it was put, whatever its key",
    async run({ index }) {
      await begin(index);
      for (const key of [
        "a",
        "../../etc/passwd",
        "ключ 🗝",
        "a\u0000b",
        "'; drop table",
        "\n",
        "/",
      ]) {
        const put = object([`blob ${key.length}${key.codePointAt(0)}`]);
        expectSame(await index.putObject(BUCKET, key, put), "stored", key);
        expectSame(pick(await index.object(BUCKET, key)), { ...put, bucket: BUCKET, key }, key);
      }
      expectSame(await index.object(BUCKET, "none"), null, "missing");
      expectSame(await index.object("none", "a"), null, "no bucket");
    },
  },
  {
    name: "what is overwritten or deleted is queued for removal, what is kept is not",
    async run({ index, garbage }) {
      await begin(index);
      await index.putObject(BUCKET, "k", object(["1", "2"]));
      expectSame(await garbage(), [], "nothing yet");
      await index.putObject(BUCKET, "k", object(["3"]));
      expectSame([...(await garbage())].sort(), ["1", "2"], "overwritten");
      await index.deleteObject(BUCKET, "k");
      expectSame([...(await garbage())].sort(), ["1", "2", "3"], "deleted");
      await index.discard(["4"]);
      expectSame([...(await garbage())].sort(), ["1", "2", "3", "4"], "discarded");
    },
  },
  {
    name: "a copy shares blobs, which go with the last name",
    async run({ index, garbage }) {
      await begin(index);
      await index.putObject(BUCKET, "a", object(["1", "2"]));
      expectSame(await index.copyObject(BUCKET, "b", object(["1", "2"])), "stored", "copy");
      await index.deleteObject(BUCKET, "a");
      expectSame(await garbage(), [], "one name left");
      expectSame(await index.copyObject(BUCKET, "b", object(["1", "2"])), "stored", "onto itself");
      expectSame(await garbage(), [], "still");
      await index.deleteObject(BUCKET, "b");
      expectSame([...(await garbage())].sort(), ["1", "2"], "none left");
      expectSame(await index.copyObject(BUCKET, "c", object(["1"])), "no-blob", "too late");
      expectSame(await index.object(BUCKET, "c"), null, "nothing written");
    },
  },
  {
    name: "conditions are judged at the instant of the write",
    async run({ index, garbage }) {
      await begin(index);
      const put = (etag: string, condition: object) =>
        index.putObject(BUCKET, "k", { ...object([etag]), etag }, condition);
      expectSame(await put("x", { ifMatch: "e" }), "no-object", "nothing to match");
      const racers = await Promise.all(["1", "2", "3", "4"].map((e) => put(e, { ifAbsent: true })));
      expectSame(racers.filter((one) => one === "stored").length, 1, "one racer wins");
      const winner = String(racers.indexOf("stored") + 1);
      expectSame((await index.object(BUCKET, "k"))?.etag, winner, "the winner's");
      expectSame(await put("9", { ifMatch: "other" }), "precondition-failed", "another");
      expectSame(await put("9", { ifMatch: winner }), "stored", "the same");
      expectSame(await put("8", { ifMatch: "*" }), "stored", "any");
      expectSame([...(await garbage())].sort(), ["9", winner].sort(), "overwritten only");
    },
  },
  {
    name: "keys are listed by their bytes, from a prefix, behind a key or a whole prefix",
    async run({ index }) {
      await begin(index);
      // UTF-16 would put the last two the other way round.
      const keys = ["a", "a/1", "a/2", "a0", "b", "b\u00ff", "\uffee", "\u{1f5dd}"];
      for (const key of keys.toReversed()) await index.putObject(BUCKET, key, object([]));
      const list = async (more: object = {}) => {
        const query = { prefix: "", start: null, limit: 100, ...more };
        return (await index.list(BUCKET, query)).map(({ key }) => key);
      };
      expectSame(await list(), keys, "all");
      expectSame(await list({ limit: 2 }), ["a", "a/1"], "limit");
      expectSame(await list({ prefix: "a" }), ["a", "a/1", "a/2", "a0"], "prefix");
      expectSame(await list({ prefix: "a/" }), ["a/1", "a/2"], "longer prefix");
      expectSame(await list({ prefix: "\u{1f5dd}" }), ["\u{1f5dd}"], "last prefix");
      expectSame(await list({ start: { after: "a/1" }, limit: 2 }), ["a/2", "a0"], "after");
      expectSame(await list({ start: { past: "a/" } }), keys.slice(3), "past");
      expectSame(await list({ start: { past: "a" }, prefix: "b" }), ["b", "b\u00ff"], "both");
      expectSame(await list({ start: { after: "zzz" }, prefix: "a" }), [], "behind the prefix");
    },
  },
  {
    name: "an upload becomes an object with the parts that are named, and the others go",
    async run({ index, garbage }) {
      await begin(index);
      await index.createUpload(upload("u"));
      for (const number of [3, 1, 2]) await index.putPart("u", part(number, `p${number}`));
      await index.putPart("u", part(2, "p2 again"));
      expectSame(await garbage(), ["p2"], "a part replaced");
      expectSame(
        (await index.parts("u", 1, 1)).map((one) => one.blob),
        ["p2 again"],
        "parts",
      );
      const whole = object(["p1", "p3"]);
      expectSame(await index.completeUpload("u", [1, 2], whole), "changed", "other parts");
      expectSame(await index.object(BUCKET, "up"), null, "nothing yet");
      expectSame(await index.completeUpload("u", [1, 3], whole), "stored", "complete");
      expectSame([...(await garbage())].sort(), ["p2", "p2 again"], "left over");
      expectSame((await index.object(BUCKET, "up"))?.parts, whole.parts, "parts in order");
      expectSame(await index.completeUpload("u", [1, 3], whole), "no-upload", "twice");
      expectSame((await index.completed("u"))?.key, "up", "what it became");
      expectSame(await index.putPart("u", part(4, "late")), false, "too late");
      expectSame(await index.upload("u"), null, "over");
    },
  },
  {
    name: "an upload that is aborted, or whose bucket goes, leaves its parts for removal",
    async run({ index, garbage }) {
      await begin(index);
      for (const id of ["u", "v"]) {
        expectSame(await index.createUpload(upload(id)), "stored", "begun");
        await index.putPart(id, part(1, `${id}1`));
      }
      expectSame(await index.upload("u"), upload("u"), "upload");
      expectSame(await index.abortUpload("u"), true, "abort");
      expectSame(await index.abortUpload("u"), false, "abort again");
      expectSame(await garbage(), ["u1"], "one");
      expectSame(await index.deleteBucket(BUCKET), "deleted", "bucket");
      expectSame([...(await garbage())].sort(), ["u1", "v1"], "both");
      expectSame(await index.createUpload(upload("w")), "no-bucket", "no bucket");
    },
  },
  {
    name: "uploads are listed by key and id, behind either",
    async run({ index }) {
      await begin(index);
      for (const [uploadId, key] of [
        ["2", "b"],
        ["1", "b"],
        ["3", "a"],
        ["4", "c"],
      ] as const) {
        await index.createUpload({ ...upload(uploadId), key });
      }
      const list = async (more: object = {}) => {
        const query = { prefix: "", after: null, limit: 10, ...more };
        return (await index.uploads(BUCKET, query)).map(({ uploadId }) => uploadId);
      };
      expectSame(await list(), ["3", "1", "2", "4"], "all");
      expectSame(await list({ after: { key: "b", uploadId: "1" } }), ["2", "4"], "behind an id");
      expectSame(await list({ after: { key: "b", uploadId: null } }), ["4"], "behind a key");
      expectSame(await list({ prefix: "b", limit: 1 }), ["1"], "prefix");
    },
  },
];

const begin = (index: ObjectIndex) =>
  index.createBucket({ name: BUCKET, owner: OWNER, createdMs: 1 }, 100);

const object = (blobs: readonly string[]): NewObject => ({
  owner: OWNER,
  size: blobs.length * 2 ** 33,
  etag: "e",
  modifiedMs: 1_700_000_000_123,
  headers: { "content-type": "text/plain", "x-amz-meta-ü": "1" },
  checksum: { algorithm: "CRC32", value: "AAAAAA==", type: "FULL_OBJECT" },
  parts: blobs.map((blob) => ({ blob, size: 2 ** 33 })),
});

const upload = (uploadId: string): Upload => ({
  uploadId,
  bucket: BUCKET,
  key: "up",
  owner: OWNER,
  initiatedMs: 7,
  headers: { "content-type": "text/plain" },
  algorithm: "CRC32",
  checksumType: "COMPOSITE",
});

const part = (number: number, blob: string): UploadPart => ({
  number,
  size: 2 ** 33,
  etag: `e${number}`,
  checksum: null,
  modifiedMs: 3,
  blob,
});

/** Without what an adapter may add. */
function pick(stored: Awaited<ReturnType<ObjectIndex["object"]>>) {
  if (stored === null) return null;
  const { owner, size, etag, modifiedMs, headers, checksum, parts, bucket, key } = stored;
  return { owner, size, etag, modifiedMs, headers, checksum, parts, bucket, key };
}
