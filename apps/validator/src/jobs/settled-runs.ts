import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import type { Hotkey } from "@neurond/primitives";
import { batchEvent, batchesOf, bookRulesOf, settleTasks } from "@neurond/storage-rules";
import { z } from "zod";
import { readInterval, standingBefore } from "../rewards/standings.ts";
import { type JobParts, workloadOf } from "./job-parts.ts";
import { publishEvent } from "./task-events.ts";

const Told = z.strictObject({ run: z.int().min(-1) });

/**
 * Tells of the latest run that is settled: one event for each batch of its challenges, with rewards
 * and averages as the standing after it has them. Every run is told once; where that was is kept.
 */
export async function tellSettled(parts: JobParts, signal: AbortSignal): Promise<void> {
  const { validator, directory } = parts;
  const { journal, log } = validator.stores;
  const latest = await standingBefore(journal, Number.POSITIVE_INFINITY);
  const before = latest && (await standingBefore(journal, latest.index));
  const path = join(directory, "settled.json");
  const { run } = await readTold(path);
  if (latest === null || before === null || before.index <= run) return;
  await writeWhole(path, JSON.stringify({ run: before.index }));
  const workload = workloadOf(validator);
  const interval = await readInterval(log, before, { workload, upTo: latest.standing.log });
  const { neurons } = await validator.chain.metagraph(validator.identity, { signal });
  const { standing } = before;
  const { scores } = settleTasks(standing, interval.tasks);
  for (const batch of batchesOf(standing, interval.tasks)) {
    const statuses = [...batch.answers].map(([miner, { isSuccess }]) => {
      return [miner, { code: isSuccess ? 200 : 0, message: isSuccess ? "OK" : "failed" }] as const;
    });
    const elapsed = [...batch.answers.values()].map((answer) => answer.elapsed / 1_000_000);
    const circumstances = {
      time: validator.now(),
      block: latest.standing.block,
      stepSeconds: Math.max(0, ...elapsed),
      uids: new Map<Hotkey, (typeof neurons)[number]["uid"]>(
        neurons.map((neuron) => [neuron.hotkey, neuron.uid]),
      ),
      statuses: new Map(statuses),
      scores,
    };
    const { rules } = standing;
    const event = batchEvent(batch, circumstances, bookRulesOf(rules).rewards);
    await publishEvent(parts, { ...event, rules });
  }
}

/** The run that was told of last; before the first one -1. */
async function readTold(path: string): Promise<z.infer<typeof Told>> {
  try {
    return Told.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { run: -1 };
    throw error;
  }
}
