import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { CodedError, toHex } from "@neurond/primitives";
import { getFile } from "@neurond/storage-client";
import { openFile } from "@neurond/workload-storage";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { failureOf } from "../../failures.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import type { StoreCommandCode } from "./errors.ts";
import { findFile } from "./find-file.ts";
import { VALIDATOR_OPTIONS, VALIDATOR_SHARED } from "./find-validator.ts";
import { openBoxKey, openSignatory } from "./owner.ts";
import type { GetShape } from "./schemas.ts";
import { DIRECTORY_OPTION, TransferLine } from "./store-options.ts";

/** `neurond store get` */
export const getStored = defineAction<z.infer<typeof GetShape>>({
  name: "get",
  summary: "bring a stored file back, check it and decrypt it",
  description:
    "Of each segment as many shards as restore it are taken, each only when it hashes to its root, so a miner can cost time but not content. The file appears whole or not at all; what an interrupted attempt fetched is taken up again. Needs the coldkey it was stored with, or one it is shared with.",
  args: [{ flags: "<file>", description: "id of the file, or its name when its record is here" }],
  options: [
    {
      flags: "-o, --output <file>",
      description: "where to write it (default: its own name, here)",
    },
    { flags: "--overwrite", description: "replace a file that is there" },
    DIRECTORY_OPTION,
    ...VALIDATOR_OPTIONS,
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond store get report.pdf -w me",
    "neurond store get report.pdf -w me --output back.pdf --json",
  ],
  schema: async () => (await import("./schemas.ts")).GetShape,
  run: get,
  human: (file, view) =>
    view.pairs([
      ["file", file.output],
      ["bytes", String(file.size)],
      ["sha256", file.sha256],
      ["resumed at", file.resumedBytes === 0 ? undefined : `byte ${file.resumedBytes}`],
      ["bad shards", file.badShards.length === 0 ? undefined : badShardsText(file.badShards)],
    ]),
});

type BadShard = z.infer<typeof GetShape>["badShards"][number];

const badShardsText = (shards: readonly BadShard[]) =>
  shards.map(({ miner, reason }) => `${miner}: ${reason}`).join("; ");

async function get(call: Call): Promise<z.infer<typeof GetShape>> {
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const { manifest, network } = await findFile(call, signatory, box);
  const { name, size, sha256 } = openFile(manifest, box.bytes);
  // A name is what its owner once wrote; it must not lead out of this directory.
  const output = resolve(call.given("output") ?? (basename(name) || manifest.id));
  if (!call.on("overwrite") && (await exists(output))) throw taken(output);
  const line = new TransferLine(`fetching ${basename(name)}`);
  const badShards: BadShard[] = [];
  const fetching = getFile({
    manifest,
    ownerKey: box.bytes,
    path: output,
    network,
    keepPartial: true,
    signal: call.signal,
    onProgress: line.onProgress,
    onBadShard: ({ shardId, miner }, cause) => {
      const { code, message } = failureOf(cause);
      badShards.push({ shardId: toHex(shardId), miner, reason: `${code}: ${message}` });
    },
  });
  const { resumedBytes } = await call.progress(line.label, fetching);
  return { fileId: manifest.id, name, size, sha256, output, resumedBytes, badShards };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function taken(path: string): CodedError<StoreCommandCode> {
  const message = `${path} is there already; give another --output, or --overwrite`;
  return new CodedError("OUTPUT_EXISTS", message, { path });
}
