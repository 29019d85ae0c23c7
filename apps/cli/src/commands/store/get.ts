import { rmSync } from "node:fs";
import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { CodedError, fromHex, type Hex, toHex } from "@neurond/primitives";
import { type Manifest, openSecrets } from "@neurond/workload-storage";
import { getFile, type WantedShard } from "@neurond/workload-storage/io";
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
import { DIRECTORY_OPTION, Meter } from "./store-options.ts";

/** `neurond store get` */
export const getStored = defineAction<z.infer<typeof GetShape>>({
  name: "get",
  summary: "bring a stored file back, check it and decrypt it",
  description:
    "Of each segment the first copy that hashes to its root is taken, so a miner can cost time but not content. The file appears whole or not at all. Needs the coldkey it was stored with.",
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
      ["bad copies", file.badCopies.length === 0 ? undefined : badCopiesText(file.badCopies)],
    ]),
});

type BadCopy = z.infer<typeof GetShape>["badCopies"][number];

const badCopiesText = (copies: readonly BadCopy[]) =>
  copies.map(({ miner, reason }) => `${miner}: ${reason}`).join("; ");

async function get(call: Call): Promise<z.infer<typeof GetShape>> {
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const { manifest, api } = await findFile(call, signatory, box);
  const { name, size, sha256 } = openSecrets(fromHex(boxOf(manifest)), box.bytes);
  // A name is what its owner once wrote; it must not lead out of this directory.
  const output = resolve(call.given("output") ?? (basename(name) || manifest.id));
  if (!call.on("overwrite") && (await exists(output))) throw taken(output);
  removeOnInterrupt(call.signal, output, manifest);
  const meter = new Meter(`fetching ${basename(name)}`, manifest.size);
  const badCopies: BadCopy[] = [];
  async function* fetchShard(wanted: WantedShard, signal: AbortSignal) {
    yield* meter.count(await api.openShard(wanted, signal));
  }
  const fetching = getFile({
    manifest,
    ownerKey: box.bytes,
    path: output,
    fetchShard,
    signal: call.signal,
    onBadShard: ({ shardId, miner }, cause) => {
      const { code, message } = failureOf(cause);
      badCopies.push({ shardId: toHex(shardId), miner, reason: `${code}: ${message}` });
    },
  });
  await call.progress(meter.label, fetching);
  return { fileId: manifest.id, name, size, sha256, output, badCopies };
}

function boxOf({ wraps }: Manifest): Hex {
  return wraps[0]?.box ?? "0x";
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** An interrupt ends the process before anything else could clean up. */
function removeOnInterrupt(signal: AbortSignal, output: string, { rs }: Manifest): void {
  signal.addEventListener("abort", () => {
    const copies = Array.from({ length: rs[1] }, (_, copy) => `.shard.${copy}`);
    for (const ending of [".partial", ".shard", ...copies])
      rmSync(output + ending, { force: true });
  });
}

function taken(path: string): CodedError<StoreCommandCode> {
  const message = `${path} is there already; give another --output, or --overwrite`;
  return new CodedError("OUTPUT_EXISTS", message, { path });
}
