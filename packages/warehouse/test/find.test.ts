import { expect, test } from "vitest";
import { findAttempts, HOUR_US, loadEntry } from "../src/index.ts";
import { attempt, emptyWarehouse, entryOf, hourOf, START, uuid } from "./fixture.ts";

const open = attempt(1, { completed_at: null });
const ended = attempt(1, { completed_at: START + HOUR_US + 2_000_000 });
const retried = attempt(2, { parent_invocation_id: uuid(1, 1) });

async function threeHours() {
  const warehouse = await emptyWarehouse();
  await loadEntry(warehouse, hourOf(1, [attempt(3), ended]));
  await loadEntry(warehouse, hourOf(0, [attempt(4), attempt(5), open]));
  await loadEntry(warehouse, hourOf(2, [retried, attempt(6)]));
  return warehouse;
}

test("an attempt in several hours is found once, as the newest that is known states it", async () => {
  const warehouse = await threeHours();
  const ids = [uuid(1, 2), uuid(5, 2), uuid(9, 2)];
  expect(await findAttempts(warehouse, ids)).toMatchObject([
    { invocationId: uuid(1, 2), completedAt: ended.completed_at, entryId: entryOf(1).entryId },
    { invocationId: uuid(5, 2), entryId: entryOf(0).entryId },
  ]);
  expect(await findAttempts(warehouse, ids, { asOf: START + HOUR_US })).toMatchObject([
    { invocationId: uuid(1, 2), completedAt: null, entryId: entryOf(0).entryId },
    { invocationId: uuid(5, 2) },
  ]);
});

test("by request all attempts are found, whichever hours they are in", async () => {
  const warehouse = await threeHours();
  const found = await findAttempts(warehouse, [uuid(1, 1)], { by: "request" });
  expect(found.map(({ invocationId, entryId }) => [invocationId, entryId])).toEqual([
    [uuid(1, 2), entryOf(1).entryId],
    [uuid(2, 2), entryOf(2).entryId],
  ]);
  expect(await findAttempts(warehouse, [uuid(1, 2)], { by: "request" })).toEqual([]);
});
