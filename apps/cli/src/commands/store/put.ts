import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CodedError, isCoded, toHex } from "@neurond/primitives";
import { retry } from "@neurond/runtime";
import {
  encodeManifest,
  encryptedLength,
  type Manifest,
  SEGMENT_BYTES,
} from "@neurond/workload-storage";
import {
  type Delivery,
  type FilePlaces,
  type FilePlan,
  putFile,
} from "@neurond/workload-storage/io";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { findValidator, VALIDATOR_OPTIONS, VALIDATOR_SHARED } from "./find-validator.ts";
import { openBoxKey, openSignatory, type Signatory } from "./owner.ts";
import type { PutShape } from "./schemas.ts";
import { DIRECTORY_OPTION, localFilesOf, Meter } from "./store-options.ts";
import type { ValidatorApi } from "./validator-api.ts";

const COPIES = 3;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** What a validator says when the same shard may go through a moment later. */
const PASSING = ["MINER_UNREACHABLE", "RATE_LIMITED", "UPLOADS_BUSY"];

/** `neurond store put` */
export const putStored = defineAction<z.infer<typeof PutShape>>({
  name: "put",
  summary: "encrypt a file and store it with miners, through a validator",
  description:
    "The file is encrypted here; every miner gets another sealed copy. Its keys and name are boxed under the coldkey and stand in a record that is kept here and with the validator: without the coldkey nobody reads the file, its owner included. Requests are signed with the hotkey.",
  args: [{ flags: "<file>", description: "file to store" }],
  options: [
    {
      flags: "--copies <number>",
      description: `miners that hold each segment (default: ${COPIES})`,
    },
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
    "neurond store put report.pdf --validator http://127.0.0.1:8092 --uri //Client --copies 2 --json",
  ],
  schema: async () => (await import("./schemas.ts")).PutShape,
  run: put,
  human: (stored, view) =>
    view.pairs([
      ["file", stored.name],
      ["id", stored.fileId],
      ["bytes", `${stored.size}, encrypted ${stored.encryptedSize}`],
      ["copies", `${stored.copies} of ${stored.segments} segments, ${stored.miners.length} miners`],
      ["kept until", `block ${stored.expires}`],
      ["record", stored.record],
    ]),
});

async function put(call: Call): Promise<z.infer<typeof PutShape>> {
  const [path = ""] = call.args;
  const size = await sizeOf(path);
  const copies = call.integer("copies", { min: 1, max: 255 }) ?? COPIES;
  const segmentBytes =
    call.integer("segment-bytes", { min: 65_536, max: 2 ** 30 }) ?? SEGMENT_BYTES;
  const local = localFilesOf(call);
  await local.prepare();
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const { api } = await findValidator(call, signatory.key);
  const temporaryPath = join(local.directory, `.${randomUUID()}.encrypted`);
  // An interrupt ends the process before anything below could clean up.
  call.signal.addEventListener("abort", () => rmSync(temporaryPath, { force: true }));
  const meter = new Meter(`storing ${basename(path)}`, encryptedLength(size) * copies);
  const storing = putFile({
    path,
    name: basename(path),
    temporaryPath,
    copies,
    segmentBytes,
    owner: signatory.hotkey,
    ownerKey: box.bytes,
    sign: (digest) => signatory.key.sign(digest),
    place: (plan) => place(api, plan, call.signal),
    deliver: (delivery) => deliver(api, delivery, meter, call.signal),
  });
  const manifest = await call.progress(meter.label, storing);
  // Here first: whoever has the record gets the file back, whatever the validator forgets.
  const { hotkey: validator, url } = api;
  const record = await local.save({ manifest, validator, url: url.href });
  await api.putManifest(manifest.id, encodeManifest(manifest), call.signal);
  return describe(manifest, signatory, { name: basename(path), size, validator, record });
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return found.size;
  throw new CodedError<UsageCode>("INPUT_INVALID", `${path} is not a file that can be read`);
}

async function place(
  api: ValidatorApi,
  { fileId, size, segments, copies }: FilePlan,
  signal: AbortSignal,
): Promise<FilePlaces> {
  const request = { file_id: toHex(fileId), size, segments: segments.length, copies };
  const { placements, created, expires } = await api.place(request, signal);
  return {
    placements: segments.map((segment) => ({
      segment,
      miners: placements
        .filter((one) => one.segment === segment.index)
        .sort((a, b) => a.index - b.index)
        .map(({ miner }) => miner),
    })),
    created,
    expires,
  };
}

async function deliver(
  api: ValidatorApi,
  delivery: Delivery,
  meter: Meter,
  signal: AbortSignal,
): Promise<void> {
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    try {
      await api.putShard({ ...delivery, body: () => meter.count(delivery.body()) }, signal);
    } catch (error) {
      // The answer to an earlier attempt was lost, not the shard; the manifest is checked against it.
      if (attempts > 1 && refusalOf(error) === "SHARD_EXISTS") return;
      throw error;
    }
  };
  await retry(attempt, {
    signal,
    attempts: ATTEMPTS,
    firstDelayMs: FIRST_PAUSE_MS,
    retryable: (error) =>
      isCoded(error, "VALIDATOR_UNREACHABLE") || PASSING.includes(refusalOf(error) ?? ""),
  });
}

/** The validator's own code of a refusal. */
function refusalOf(error: unknown): string | undefined {
  return isCoded(error, "VALIDATOR_REFUSED") ? String(error.context["code"]) : undefined;
}

function describe(
  { id, size: encryptedSize, segments, rs, created, expires }: Manifest,
  { hotkey: owner }: Signatory,
  file: Pick<z.infer<typeof PutShape>, "name" | "size" | "validator" | "record">,
): z.infer<typeof PutShape> {
  const miners = new Set(segments.flatMap(({ shards }) => shards.map(({ miner }) => miner)));
  return {
    fileId: id,
    encryptedSize,
    segments: segments.length,
    copies: rs[1],
    miners: [...miners].sort(),
    owner,
    created,
    expires,
    ...file,
  };
}
