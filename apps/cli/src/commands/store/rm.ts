import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { hashFileOf } from "./hash-file.ts";
import { forgetCopies } from "./other-validators.ts";
import { FILE_ARGUMENT, OWN_FILE_OPTIONS, OWN_FILE_SHARED, withOwnFile } from "./own-file.ts";
import type { RemovedShape } from "./schemas.ts";
import { localFilesOf } from "./store-options.ts";

/** `neurond store rm` */
export const removeStored = defineAction<z.infer<typeof RemovedShape>>({
  name: "rm",
  summary: "delete a stored file, on the miners too, and forget its record",
  description:
    "From the validator's answer on nobody owes the file; miners that do not hear of it at once do later, and free the space. The record here and the entry in the wallet's hash file go last, so that an interrupted deletion can be run again. Only the hotkey that stored the file may.",
  args: [FILE_ARGUMENT],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: ["neurond store rm report.pdf -w me --yes", "neurond store rm report.pdf -w me --json"],
  schema: async () => (await import("./schemas.ts")).RemovedShape,
  run: (call) =>
    withOwnFile(call, async ({ manifest: { id }, network, keepers }) => {
      const answer = await call.ask?.(`delete ${call.args[0]} for good? [y/N] `);
      if (answer !== undefined && !/^y(es)?$/i.test(answer)) return { fileId: id, removed: false };
      await call.progress("deleting", network.remove(id, call.signal));
      await forgetCopies(call, id, keepers);
      await hashFileOf(call)?.remove(id, call.signal);
      await localFilesOf(call).remove(id);
      return { fileId: id, removed: true };
    }),
  exitCode: ({ removed }) => (removed ? 0 : 1),
  human: ({ fileId, removed }) => (removed ? `deleted ${fileId}` : "nothing was deleted"),
});
