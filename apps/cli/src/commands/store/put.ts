import { createHash } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { CodedError } from "@neurond/primitives";
import { forgetUpload, putFile, type ValidatorNetwork } from "@neurond/storage-client";
import { type Manifest, planOfSize, type RsPlan, SEGMENT_BYTES } from "@neurond/workload-storage";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { findValidator, VALIDATOR_OPTIONS, VALIDATOR_SHARED } from "./find-validator.ts";
import type { LocalFiles } from "./local-files.ts";
import { openBoxKey, openSignatory, type Signatory } from "./owner.ts";
import type { PutShape } from "./schemas.ts";
import { DIRECTORY_OPTION, localFilesOf, TransferLine } from "./store-options.ts";

/** `neurond store put` */
export const putStored = defineAction<z.infer<typeof PutShape>>({
  name: "put",
  summary: "encrypt a file and store it with miners, through a validator",
  description:
    "The file is encrypted here and cut into segments, each coded into shards of which some are enough to restore it; every shard is sealed for a miner of its own. Without --rs, files below 64 KiB are copied four times and larger ones coded 10 of 24, or as far as there are miners. Keys and name are boxed under the coldkey and stand in a record that is kept here and with the validator: without the coldkey nobody reads the file, its owner included. Requests are signed with the hotkey. Interrupted, the same command goes on where it was.",
  args: [{ flags: "<file>", description: "file to store" }],
  options: [
    {
      flags: "--rs <k,n>",
      description: "any k of n shards restore a segment (default: by size and miners)",
    },
    { flags: "--copies <number>", description: "whole copies of each segment: --rs 1,<number>" },
    {
      flags: "--min-shards <number>",
      description: "shards of a segment that must find a miner at once (default: all)",
    },
    { flags: "--restart", description: "begin anew where an interrupted attempt would be resumed" },
    {
      flags: "--segment-bytes <number>",
      description: `length of a segment, at most what miners take (default: ${SEGMENT_BYTES})`,
    },
    DIRECTORY_OPTION,
    ...VALIDATOR_OPTIONS,
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond store put report.pdf --netuid 1 -w me",
    "neurond store put report.pdf --validator http://127.0.0.1:8092 --uri //Client --rs 2,5 --json",
  ],
  schema: async () => (await import("./schemas.ts")).PutShape,
  run: put,
  human: (stored, view) =>
    view.pairs([
      ["file", stored.name],
      ["id", stored.fileId],
      ["bytes", `${stored.size}, encrypted ${stored.encryptedSize}`],
      [
        "shards",
        `${stored.segments} segments, any ${stored.rs[0]} of ${stored.rs[1]}, ${stored.miners.length} miners`,
      ],
      ["resumed", stored.resumedSegments ? `${stored.resumedSegments} segments` : undefined],
      ["missing", stored.missing.length ? `${stored.missing.length} shards` : undefined],
      ["kept until", `block ${stored.expires}`],
      ["record", stored.record],
    ]),
});

async function put(call: Call): Promise<z.infer<typeof PutShape>> {
  const [path = ""] = call.args;
  await requireFile(path);
  const rs = planOf(call);
  const segmentBytes =
    call.integer("segment-bytes", { min: 65_536, max: 2 ** 30 }) ?? SEGMENT_BYTES;
  const minShards = call.integer("min-shards", { min: rs?.[0] ?? 1, max: rs?.[1] ?? 255 });
  const local = localFilesOf(call);
  await local.prepare();
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const { network } = await findValidator(call, signatory.key);
  const journal = await journalOf(local, path, signatory, network);
  if (call.on("restart")) await rm(journal, { force: true });
  const line = new TransferLine(`storing ${basename(path)}`);
  const storing = putFile({
    source: path,
    name: basename(path),
    network,
    ...(rs !== undefined && { rs }),
    ...(minShards !== undefined && { minShards }),
    segmentBytes,
    owner: signatory.hotkey,
    ownerKey: box.bytes,
    sign: (digest) => signatory.key.sign(digest),
    journal,
    signal: call.signal,
    onProgress: line.onProgress,
  });
  const stored = await call.progress(line.label, storing);
  const { manifest } = stored;
  if (rs === undefined) noteFewMiners(call, manifest);
  // Here first: whoever has the record gets the file back, whatever the validator forgets.
  const { hotkey: validator, url } = network;
  const record = await local.save({ manifest, validator, url: url.href });
  await network.keep(manifest, call.signal);
  await forgetUpload(journal);
  return describe(manifest, signatory, {
    ...{ name: basename(path), size: stored.size, validator, record },
    missing: [...stored.missing],
    resumedSegments: stored.resumedSegments,
  });
}

function planOf(call: Call): RsPlan | undefined {
  const copies = call.integer("copies", { min: 1, max: 255 });
  const text = call.given("rs");
  if (text === undefined) return copies === undefined ? undefined : [1, copies];
  const [k = 0, n = 0] = /^\d{1,3},\d{1,3}$/.test(text) ? text.split(",").map(Number) : [];
  if (copies === undefined && k >= 1 && k <= n && n <= 255) return [k, n];
  const message = "--rs is k,n with 1 <= k <= n <= 255, such as 10,24, and goes without --copies";
  throw new CodedError<UsageCode>("USAGE", message);
}

/** One for each file, owner and validator: the same file may be on its way to several. */
async function journalOf(
  { directory }: LocalFiles,
  path: string,
  { hotkey }: Signatory,
  network: ValidatorNetwork,
): Promise<string> {
  const uploads = join(directory, ".uploads");
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update([resolve(path), hotkey, network.hotkey].join("\n"));
  return join(uploads, `${name.digest("hex")}.journal`);
}

function noteFewMiners(call: Call, { rs: [k, n], size }: Manifest): void {
  const [wantedK, wantedN] = planOfSize(size);
  if (n >= wantedN) return;
  call.note(
    `only ${n} miners serve: stored ${k} of ${n} instead of ${wantedK} of ${wantedN}; store again when there are more`,
  );
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw new CodedError<UsageCode>("INPUT_INVALID", `${path} is not a file that can be read`);
}

function describe(
  { id, size: encryptedSize, segments, rs, created, expires }: Manifest,
  { hotkey: owner }: Signatory,
  file: Pick<
    z.infer<typeof PutShape>,
    "name" | "size" | "validator" | "record" | "missing" | "resumedSegments"
  >,
): z.infer<typeof PutShape> {
  const miners = new Set(segments.flatMap(({ shards }) => shards.map(({ miner }) => miner)));
  return {
    fileId: id,
    encryptedSize,
    segments: segments.length,
    rs,
    miners: [...miners].sort(),
    owner,
    created,
    expires,
    ...file,
  };
}
