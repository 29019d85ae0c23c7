import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CodedError } from "@neurond/primitives";
import { MAX_MANIFEST_BYTES } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { HASH_OPTION, hashFileOf } from "./hash-file.ts";
import { decodeLocalFile } from "./local-files.ts";
import { openReadable } from "./open-key.ts";
import { openBoxKey } from "./owner.ts";
import { outputName } from "./place-output.ts";
import { entryOf } from "./remember.ts";
import type { AcceptedShape } from "./schemas.ts";
import { ACCEPTED_OPTIONS } from "./seed-options.ts";
import { DIRECTORY_OPTION, localFilesOf } from "./store-options.ts";

/** `neurond store accept` */
export const acceptShared = defineAction<z.infer<typeof AcceptedShape>>({
  name: "accept",
  summary: "take a file that somebody shares with you, so that `get` knows it",
  description:
    "Reads what `store share` wrote, checks that its owner signed it and that your coldkey opens it, and keeps it among the records here and in the wallet's hash file. The validator it names is asked for the shards with your hotkey.",
  args: [{ flags: "<share>", description: "the file that the owner handed over" }],
  options: [DIRECTORY_OPTION, HASH_OPTION, ...ACCEPTED_OPTIONS],
  shared: SIGNER_OPTIONS,
  examples: ["neurond store accept report.pdf.share.json -w me"],
  schema: async () => (await import("./schemas.ts")).AcceptedShape,
  run: accept,
  human: ({ name, fileId, owner }, view) =>
    view.pairs([
      ["file", name],
      ["id", fileId],
      ["owner", owner],
    ]),
});

async function accept(call: Call): Promise<z.infer<typeof AcceptedShape>> {
  const [path = ""] = call.args;
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  const text = size > 2 * MAX_MANIFEST_BYTES ? "" : await readInput(call, path);
  const shared = decodeLocalFile(new TextDecoder().decode(Buffer.from(text)));
  if (shared === undefined) {
    const message = `${path} is no share that its owner signed; let it be shared again`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { path });
  }
  using box = await openBoxKey(call);
  const { manifest } = shared;
  const file = openReadable(manifest, box.bytes);
  const record = await localFilesOf(call).save(shared);
  const name = outputName(file.name, manifest.id);
  const { size: bytes, sha256 } = file;
  const known = { path: resolve(path), size: bytes, sha256, mtime: Date.now() };
  const entry = entryOf({ manifest, ...known, node: shared.validator });
  await hashFileOf(call)?.add(name, entry, call.signal);
  return { fileId: manifest.id, name, size: file.size, owner: manifest.owner, record };
}
