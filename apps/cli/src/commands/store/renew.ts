import { nextRevision } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { hashFileOf } from "./hash-file.ts";
import {
  FILE_ARGUMENT,
  latest,
  OWN_FILE_OPTIONS,
  OWN_FILE_SHARED,
  type OwnFile,
  withOwnFile,
} from "./own-file.ts";
import { publish } from "./publish.ts";
import { amend, blocksOf, keptSeconds } from "./remember.ts";
import type { RenewedShape } from "./schemas.ts";

/** `neurond store renew` */
export const renewStored = defineAction<z.infer<typeof RenewedShape>>({
  name: "renew",
  summary: "have the miners of a file promise it for another term from now on",
  description:
    "No data move: each miner signs for its shard anew, and the owner signs the new end. Shards of miners that do not answer end when they would have, and so does the file; repeat the command, or let the file be repaired.",
  args: [FILE_ARGUMENT],
  options: [
    {
      flags: "--ttl <seconds>",
      description:
        "length of the term, an hour at least (default: as long as the validator has miners promise)",
    },
    ...OWN_FILE_OPTIONS,
  ],
  shared: OWN_FILE_SHARED,
  examples: ["neurond store renew report.pdf -w me"],
  schema: async () => (await import("./schemas.ts")).RenewedShape,
  run: (call) => withOwnFile(call, (file) => renew(call, file)),
  exitCode: ({ failed }) => (failed === 0 ? 0 : 1),
  human: ({ fileId, expires, renewed, failed }, view) =>
    view.pairs([
      ["id", fileId],
      ["kept until", `block ${expires}`],
      ["shards", `${renewed} renewed${failed === 0 ? "" : `, ${failed} not: run it again`}`],
    ]),
});

async function renew(call: Call, file: OwnFile): Promise<z.infer<typeof RenewedShape>> {
  const { network } = file;
  const { id } = file.manifest;
  const ttlSeconds = call.integer("ttl", { min: 1, max: 3_155_760_000 });
  const ttlBlocks = ttlSeconds === undefined ? undefined : blocksOf(ttlSeconds);
  const renewing = network.renew(id, call.signal, ttlBlocks);
  const { renewed, failed, ...term } = await call.progress("renewing", renewing);
  const before = await latest(file, call.signal);
  const ends = { fileId: id, renewed, failed: failed.length };
  // The file ends with its first shard; a shorter term than is promised already changes nothing.
  if (failed.length > 0 || term.expires <= before.expires) {
    return { ...ends, expires: before.expires };
  }
  await prolong(call, file, before, term);
  return { ...ends, expires: term.expires };
}

/** Signs the new term: a validator forgets a file by the end that its manifest names. */
async function prolong(
  call: Call,
  file: OwnFile,
  before: OwnFile["manifest"],
  term: Pick<OwnFile["manifest"], "created" | "expires">,
): Promise<void> {
  const { manifest } = await publish(call, file, { ...nextRevision(before), ...term });
  const expiresAt = Date.now() + keptSeconds(manifest) * 1000;
  await amend(hashFileOf(call), manifest.id, { expires_at: expiresAt }, call.signal);
}
