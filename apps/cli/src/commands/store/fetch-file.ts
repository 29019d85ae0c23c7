import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { writeWhole } from "@neurond/files";
import { CodedError, toHex } from "@neurond/primitives";
import { getFile, partialPath, StoredFileReader } from "@neurond/storage-client";
import type { StorageCode } from "@neurond/workload-storage";
import type { z } from "zod";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { failureOf } from "../../failures.ts";
import type { View } from "../../output.ts";
import { type ByteRange, parseByteRange } from "./byte-range.ts";
import { findFile, rememberedAs } from "./find-file.ts";
import { type OpenedFile, openReadable } from "./open-key.ts";
import { openBoxKey, openSignatory } from "./owner.ts";
import { outputName, sha256Of, standsAt, taken } from "./place-output.ts";
import { readFound } from "./read-found.ts";
import type { GetShape } from "./schemas.ts";
import { StallWatch } from "./stall-watch.ts";
import { TransferLine } from "./store-options.ts";
import { API_OPTIONS, fetchUpstream, isUpstreamId } from "./upstream-file.ts";

/** Options of commands that bring a file back. */
export const FETCH_OPTIONS: readonly Parameter[] = [
  { flags: "--overwrite", description: "replace another file that is there" },
  {
    flags: "--range <first-last>",
    description: "only these bytes, such as 0-1023, 1024- or -512; of what is fetched the least",
  },
  {
    flags: "--resume",
    description: "go on where an interrupted attempt was (what is done anyway)",
  },
  { flags: "--restart", description: "begin anew where an interrupted attempt would be resumed" },
  { flags: "--verify", description: "read it back from disk and compare it once more" },
  ...API_OPTIONS,
];

type Fetched = z.infer<typeof GetShape>;
type BadShard = Fetched["badShards"][number];

/** Brings back the file somebody names; `place` says where it goes, from the name it may have there. */
export async function fetchFile(
  call: Call,
  wanted: string,
  place: (name: string) => Promise<string>,
): Promise<Fetched> {
  using signatory = await openSignatory(call);
  const entry = await rememberedAs(call, wanted);
  const id = entry?.id ?? wanted;
  if (isUpstreamId(id)) {
    const bytes = await fetchUpstream(call, id, signatory.key);
    return keepUpstream(call, { id, name: entry?.name ?? id, bytes }, place);
  }
  using box = await openBoxKey(call);
  const found = await findFile(call, wanted, signatory, box);
  const { manifest, remembered } = found;
  const file = openReadable(manifest, box.bytes);
  const text = call.given("range");
  const range = text === undefined ? null : parseByteRange(text, file.size);
  const name = outputName(remembered ?? file.name, manifest.id);
  const output = await place(range === null ? name : `${name}.${range.from}-${range.to}`);
  const standing = await standsAt(output, range === null ? file : { ...file, size: -1 });
  const facts = {
    fileId: manifest.id,
    name: file.name,
    size: file.size,
    sha256: file.sha256,
    output,
  };
  if (standing === "same") return { ...facts, ...AS_IT_WAS };
  if (standing === "other" && !call.on("overwrite")) throw taken(output);
  const line = new TransferLine(`fetching ${name}`);
  using stall = new StallWatch(call);
  const badShards: BadShard[] = [];
  const options = {
    ...{ ownerKey: file.key, signal: stall.signal },
    onProgress: (progress: Parameters<TransferLine["onProgress"]>[0]) => {
      stall.touch();
      line.onProgress(progress);
    },
    onBadShard: (
      shard: { readonly shardId: Uint8Array; readonly miner: string },
      cause: unknown,
    ) => {
      const { code, message } = failureOf(cause);
      const { shardId, miner } = shard;
      badShards.push({ shardId: toHex(shardId), miner, reason: `${code}: ${message}` });
    },
  };
  if (range !== null) {
    const fetching = readFound(found, call.signal, (from) =>
      fetchRange({ ...options, ...from }, range, output),
    );
    await call.progress(line.label, fetching);
    const asked: [number, number] = [range.from, range.to];
    return { ...facts, ...AS_IT_WAS, verified: false, there: false, range: asked, badShards };
  }
  if (call.on("restart")) await rm(partialPath(output, { manifest }), { force: true });
  const fetching = readFound(found, call.signal, (from) =>
    getFile({ ...options, ...from, path: output, keepPartial: true }),
  );
  const { resumedBytes } = await call.progress(line.label, fetching);
  const verified = call.on("verify") && (await verify(output, file));
  return { ...facts, range: null, resumedBytes, badShards, verified, there: false };
}

/** Writes a file of upstream's, which came whole. */
async function keepUpstream(
  call: Call,
  { id, name, bytes }: { readonly id: string; readonly name: string; readonly bytes: Uint8Array },
  place: (name: string) => Promise<string>,
): Promise<Fetched> {
  const sha256 = toHex(createHash("sha256").update(bytes).digest());
  const text = call.given("range");
  const range = text === undefined ? null : parseByteRange(text, bytes.length);
  const base = outputName(name, id);
  const output = await place(range === null ? base : `${base}.${range.from}-${range.to}`);
  const part = range === null ? bytes : bytes.subarray(range.from, range.to);
  const facts = { fileId: id, name, size: bytes.length, sha256, output };
  const standing = await standsAt(output, { size: range === null ? bytes.length : -1, sha256 });
  if (standing === "same") return { ...facts, ...AS_IT_WAS };
  if (standing === "other" && !call.on("overwrite")) throw taken(output);
  await writeWhole(output, part);
  const verified = range === null && call.on("verify") && (await verify(output, { sha256 }));
  const asked: [number, number] | null = range && [range.from, range.to];
  return { ...facts, ...AS_IT_WAS, there: false, range: asked, verified };
}

/** Of a file that stands where it should: it was read and compared just now. */
const AS_IT_WAS = { range: null, resumedBytes: 0, badShards: [], verified: true, there: true };

/** Every byte of a range is authentic by its record; its whole has no hash to be compared with. */
async function fetchRange(
  options: ConstructorParameters<typeof StoredFileReader>[0],
  { from, to }: ByteRange,
  output: string,
): Promise<void> {
  await using reader = new StoredFileReader(options);
  await writeWhole(output, reader.views(from, to));
}

async function verify(path: string, { sha256 }: Pick<OpenedFile, "sha256">): Promise<true> {
  if ((await sha256Of(path)) === sha256) return true;
  const message = `${path} does not hold on disk what was written to it: check the disk`;
  throw new CodedError<StorageCode>("CIPHERTEXT_INVALID", message, { path });
}

/** What people are shown of a file that is back. */
export function showFetched(file: Fetched, view: View): string {
  const { badShards, range } = file;
  const reasons = badShards.map(({ miner, reason }) => `${miner}: ${reason}`).join("; ");
  return view.pairs([
    ["file", file.output],
    ["bytes", range === null ? String(file.size) : `${range[0]} to ${range[1]} of ${file.size}`],
    ["sha256", range === null ? file.sha256 : undefined],
    ["there already", file.there ? "the same file; nothing was fetched" : undefined],
    ["verified", file.verified ? "read back from disk" : undefined],
    ["resumed at", file.resumedBytes === 0 ? undefined : `byte ${file.resumedBytes}`],
    ["bad shards", badShards.length === 0 ? undefined : reasons],
  ]);
}
