import { stat } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { UsageCode } from "../../failures.ts";
import type { AuditLogShape } from "./log-schema.ts";

type Result = z.infer<typeof AuditLogShape>;

/** `neurond audit log` */
export const auditLog = defineAction<Result>({
  name: "log",
  summary: "compute a storage validator's rewards, tiers, uids and scores again from its logs",
  description:
    "From a state directory the event log is read: every line against its digest and the line before it, every draw of uids, and every reward by the rules that stand beside it. From a validator's address its whole record is read: every standing, with counters, moving averages and tiers, is computed from the one before and what was answered since, and every report's scores from them. The first mismatch ends the audit. Exits 1 on a mismatch, 5 when there is nothing to check.",
  args: [{ flags: "<source>", description: "a state directory, or a validator's http address" }],
  options: [
    {
      flags: "--min-tasks <count>",
      description: "settled tasks below which a miner has no score (default: 1)",
    },
  ],
  examples: [
    "neurond audit log ~/.bittensor/miners/default/default/netuid21/core_storage_validator",
    "neurond audit log http://192.0.2.7:8092 --json",
  ],
  schema: async () => (await import("./log-schema.ts")).AuditLogShape,
  run: async (call) => {
    const source = call.args[0] ?? "";
    if (/^https?:\/\//.test(source)) {
      const minTasks = call.integer("min-tasks", { min: 1, max: 1_000_000 }) ?? 1;
      const { replayRecord } = await import("./replay-record.ts");
      return replayRecord({ url: new URL(source), minTasks }, call.signal);
    }
    const found = await stat(source).catch(() => null);
    if (found?.isDirectory() !== true) {
      const text = `${source} is no directory and no http address; give either`;
      throw new CodedError<UsageCode>("INPUT_INVALID", text, { source });
    }
    const { replayEvents } = await import("./replay-events.ts");
    return replayEvents(source, call.signal);
  },
  human: ({ verdict, source, selections, rewards, standings, reports, mismatch }, view) =>
    view.pairs([
      ["verdict", verdict],
      ["source", source],
      ["draws of uids", String(selections)],
      ["batches of rewards", String(rewards)],
      ["standings", String(standings)],
      ["reports", String(reports)],
      ["mismatch", mismatch === null ? undefined : `${mismatch.fault} at ${mismatch.at}`],
      ["field", mismatch?.field ?? undefined],
      ["said", mismatch?.said ?? undefined],
      ["due", mismatch?.due ?? undefined],
    ]),
  exitCode: ({ verdict }) => (({ holds: 0, mismatch: 1, empty: 5 }) as const)[verdict],
});
