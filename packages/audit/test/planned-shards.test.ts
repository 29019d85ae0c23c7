import { encodeEntry, type Json } from "@neurond/ledger";
import { toHex } from "@neurond/primitives";
import { DOCUMENT, type StorageDocument } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import { askWorld, PLAN } from "../../workload-storage/test/shard-slots/ask-world.ts";
import { taskOf } from "../src/claims/verdict-forged.ts";
import { type PlannedTasks, plannedTasks } from "../src/planned-tasks.ts";
import { timesOf } from "../src/run-times.ts";
import { OpenSegment } from "../src/segment.ts";
import { auditedStorage } from "../src/storage.ts";
import { tools } from "./world.ts";

const asked = askWorld();
const { run, beacon } = asked.world;
const audited = auditedStorage();

/** The tasks that an auditor expects of a log. */
function planned(documents: readonly StorageDocument[]) {
  const texts = documents.map(({ type, miner, body }) =>
    encodeEntry({
      ...{ kind: "document", v: 1, netuid: run.netuid, validator: run.validator, run_id: run.id },
      ...{ type, miner, body: JSON.parse(JSON.stringify(body)) as Json },
    }),
  );
  const open = OpenSegment.open({ from: 0, peaks: [], texts });
  if (open === null) throw new Error("the log does not open");
  return plannedTasks(audited, timesOf(run.index, tools.rules.text), run, beacon, open.entries);
}

const PLAN_DOCUMENT = {
  type: DOCUMENT.plan,
  miner: null,
  body: {
    ...{ run: run.index, slots: PLAN.slots, beacon_kind: 0, beacon_block: beacon.block },
    ...{ block: beacon.block - 1, links: [] },
  },
};

async function isPlanned(tasks: PlannedTasks, change: object = {}) {
  const held: boolean[] = [];
  for (const drawn of asked.drawn) {
    const task = await asked.taskOf(drawn);
    const { miner, slot } = drawn.common;
    const name = taskOf({ run_id: run.id, workload: audited.workload.name, miner, slot });
    const found = JSON.parse(JSON.stringify({ ...task, ...change })) as Json;
    held.push(tasks?.get(name)?.(found) === true);
  }
  return held;
}

test("an auditor knows the slots about one shard, and their tasks when it sees them", async () => {
  const tasks = planned([PLAN_DOCUMENT, ...asked.documents]);
  expect(tasks?.size).toBe(3);
  expect(await isPlanned(tasks)).toEqual([true, true]);
  expect(await isPlanned(tasks, { prev_link: toHex(new Uint8Array(32)) })).toEqual([false, false]);
  expect(await isPlanned(tasks, { place: { index: 0, path: [] } })).toEqual([false, false]);
});

test("what was not on a list before the beacon is not planned", async () => {
  const [inventory, openings] = asked.documents;
  if (inventory === undefined || openings === undefined) throw new Error("there are documents");
  const without = planned([PLAN_DOCUMENT, inventory, openings]);
  expect(await isPlanned(without)).toEqual([true, false]);
  expect(without?.size).toBe(2);
});
