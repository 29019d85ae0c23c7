import { custodianOf, openFile, readersOf } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import {
  FILE_ARGUMENT,
  latest,
  OWN_FILE_OPTIONS,
  OWN_FILE_SHARED,
  withOwnFile,
} from "./own-file.ts";
import type { StatShape } from "./schemas.ts";

/** `neurond store stat` */
export const statStored = defineAction<z.infer<typeof StatShape>>({
  name: "stat",
  summary: "show a stored file: its size and time, who reads it, and how many shards live",
  description:
    "A segment is lost when fewer shards live than restore it, and endangered when one more may go. The exit code is 1 when a segment is lost.",
  args: [FILE_ARGUMENT],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: ["neurond store stat report.pdf -w me", "neurond store stat report.pdf -w me --json"],
  schema: async () => (await import("./schemas.ts")).StatShape,
  run: (call) =>
    withOwnFile(call, async (file) => {
      const manifest = await latest(file, call.signal);
      const { name, size, sha256 } = openFile(manifest, file.ownerKey);
      const { id: fileId, size: encryptedSize, rs, created, revision } = manifest;
      const listed = await file.network.files(call.signal);
      const kept = listed.find(({ file_id }) => file_id === fileId);
      const expires = kept?.expires_block ?? manifest.expires;
      const { segments } = await file.network.health(fileId, call.signal);
      return {
        ...{ fileId, name, size, sha256, encryptedSize, rs, created, expires, revision },
        readers: [...readersOf(manifest)],
        custodian: custodianOf(manifest),
        validator: file.network.hotkey,
        lost: segments.filter(({ live, k }) => live < k).length,
        segments: segments.map(({ segment, live, k, n, lost }) => ({
          ...{ segment, live, k, n },
          missing: lost.map(({ i, reason }) => ({ index: i, reason })),
        })),
      };
    }),
  exitCode: ({ lost }) => (lost === 0 ? 0 : 1),
  human: (file, view) => {
    const pairs = view.pairs([
      ["file", file.name],
      ["id", file.fileId],
      ["bytes", `${file.size}, encrypted ${file.encryptedSize}`],
      ["sha256", file.sha256],
      ["kept until", `block ${file.expires}`],
      ["readers", file.readers.length === 0 ? "the owner alone" : file.readers.join(", ")],
      ["repaired by", file.custodian ?? "nobody but the owner"],
      ["segments", `${file.segments.length}, ${file.lost} of them lost`],
    ]);
    const weak = file.segments.filter(({ live, n }) => live < n);
    if (weak.length === 0) return `${pairs}\n${view.pairs([["shards", "all live"]])}`;
    const titles = ["segment", "live", "of", "restored by", "missing"];
    const rows = weak.map(({ segment, live, n, k, missing }) => [
      ...[segment, live, n, k].map(String),
      missing.map(({ index, reason }) => `${index} ${reason}`).join(", "),
    ]);
    return `${pairs}\n\n${view.table(
      titles.map((title) => ({ title })),
      rows,
    )}`;
  },
});
