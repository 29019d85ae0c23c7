import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { hashFileOf } from "./hash-file.ts";
import { FILE_ARGUMENT, OWN_FILE_OPTIONS, OWN_FILE_SHARED, withOwnFile } from "./own-file.ts";
import { amend, keptSeconds } from "./remember.ts";
import type { RenewedShape } from "./schemas.ts";

/** `neurond store renew` */
export const renewStored = defineAction<z.infer<typeof RenewedShape>>({
  name: "renew",
  summary: "have the miners of a file promise it for another term from now on",
  description:
    "No data move: each miner signs for its shard anew. Shards of miners that do not answer end when they would have; repeat the command, or let the file be repaired.",
  args: [FILE_ARGUMENT],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: ["neurond store renew report.pdf -w me"],
  schema: async () => (await import("./schemas.ts")).RenewedShape,
  run: (call) =>
    withOwnFile(call, async ({ manifest, network }) => {
      const { id } = manifest;
      const renewing = network.renew(id, call.signal);
      const { expires, renewed, failed } = await call.progress("renewing", renewing);
      const expiresAt = Date.now() + keptSeconds(manifest) * 1000;
      await amend(hashFileOf(call), id, { expires_at: expiresAt }, call.signal);
      return { fileId: id, expires, renewed, failed: failed.length };
    }),
  exitCode: ({ failed }) => (failed === 0 ? 0 : 1),
  human: ({ fileId, expires, renewed, failed }, view) =>
    view.pairs([
      ["id", fileId],
      ["kept until", `block ${expires}`],
      ["shards", `${renewed} renewed${failed === 0 ? "" : `, ${failed} not: run it again`}`],
    ]),
});
