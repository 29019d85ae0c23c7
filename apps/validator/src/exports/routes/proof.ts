import { csvPath, proofJson } from "@neurond/exports";
import { CodedError, fromHex } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import type { ExportSlice } from "@neurond/store";
import { z } from "zod";
import type { ValidatorCode } from "../../errors.ts";
import { type ExportFiles, treeFileOf } from "../export-files.ts";
import type { Exporter } from "../exporter.ts";
import { isInvocationId, TreeFile } from "../tree-file.ts";
import { entryJson, unknownExport } from "./audit.ts";

/**
 * Serves proofs that an attempt is in a slice, or that it is not. Without `entry_id` every slice that is kept is
 * searched; when none has it, its absence from the newest is proven, which says nothing of the others.
 */
export function serveProofs(app: App, exporter: Exporter, requestsPerMinute: number): void {
  const { files, stores, validator, retentionUs } = exporter;
  app.get(
    "/audit/proof/:invocation_id",
    {
      schema: {
        summary: "Proof that an invocation is among the rows of a slice, or that it is not",
        params: z.object({ invocation_id: z.string().max(64) }),
        querystring: z.object({
          entry_id: z.string().max(64).optional().describe("The slice, by its id in the listing"),
        }),
      },
      config: { rateLimit: { max: requestsPerMinute, timeWindow: "1 minute" } },
    },
    async (request, reply) => {
      const { invocation_id: id } = request.params;
      const { entry_id: wanted } = request.query;
      if (!isInvocationId(id)) {
        const message = "no id of an invocation: give a UUID, the invocation_id of a row";
        throw new CodedError<ValidatorCode>("EXPORT_NAME_INVALID", message);
      }
      const since = validator.now() * 1_000 - retentionUs;
      const listed = (await stores.reports.listedFrom(since)).toReversed();
      const slices =
        wanted === undefined ? listed : listed.filter((s) => s.listed?.entryId === wanted);
      const chosen = (await holding(files, slices, id)) ?? slices[0];
      const proven = chosen && (await prove(files, chosen, id));
      if (chosen === undefined || !proven || !chosen.listed || chosen.block === null)
        throw unknownExport();
      const { hotkey, netuid } = validator.identity;
      const entry = entryJson({ ...chosen, ...chosen.listed, block: chosen.block, hotkey });
      const about = JSON.stringify({ entry: { ...entry, netuid } });
      // The proof is text already; the entry goes in front of its members.
      return reply.type("application/json").send(`${about.slice(0, -1)},${proven.slice(1)}`);
    },
  );
}

async function holding(
  files: ExportFiles,
  slices: readonly ExportSlice[],
  id: string,
): Promise<ExportSlice | undefined> {
  for (const slice of slices) {
    await using tree = await openTree(files, slice);
    if (await tree?.has(id)) return slice;
  }
  return undefined;
}

async function prove(files: ExportFiles, slice: ExportSlice, id: string): Promise<string | null> {
  await using tree = await openTree(files, slice);
  if (tree === null) return null;
  const head = { size: slice.treeSize, root: fromHex(`0x${slice.treeRoot}`) };
  return proofJson({ head, proof: await tree.prove(id) });
}

async function openTree(files: ExportFiles, slice: ExportSlice): Promise<TreeFile | null> {
  const csv = files.place(csvPath("invocations", slice.endUs));
  return csv === null ? null : TreeFile.open({ csv, tree: treeFileOf(csv) }, slice.treeSize);
}
