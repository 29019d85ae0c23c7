import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { imageRows, imagesOf, loadEntry, loadedEntries, openWarehouse } from "../src/index.ts";
import { attempt, emptyWarehouse, entryOf, hourOf, temporaryDirectory, uuid } from "./fixture.ts";

const [one, two] = [uuid(1, 9), uuid(2, 9)];
const ids = [0, 1].map((hour) => entryOf(hour).entryId);

test("attempts of an image come in the order of entries and of their files", async () => {
  const warehouse = await emptyWarehouse();
  const failed = attempt(7, { image_id: one, error_message: "FAILED LATE", compute_multiplier: 1 });
  await loadEntry(
    warehouse,
    hourOf(1, [failed, attempt(2), attempt(3, { image_id: two }), attempt(1, { image_id: one })]),
  );
  await loadEntry(warehouse, hourOf(0, [attempt(9, { image_id: one })]));
  const images = await imagesOf(warehouse, ids);
  expect(ids.map((id) => [...(images.get(id) ?? [])].sort())).toEqual([[one], [one, two]]);
  const rows = await Array.fromAsync(imageRows(warehouse, ids, one));
  expect(rows.flat().map(({ invocation_id }) => invocation_id)).toEqual(
    [9, 7, 1].map((number) => uuid(number, 2)),
  );
  expect(rows.flat()[1]).toEqual({
    parent_invocation_id: uuid(7, 1),
    invocation_id: uuid(7, 2),
    function_name: "chat",
    image_id: one,
    miner_hotkey: "hotkey-a",
    error_message: "FAILED LATE",
    metrics: null,
    compute_multiplier: 1,
  });
});

test("a window of an older version is emptied, to be loaded again", async () => {
  const directory = temporaryDirectory();
  {
    await using warehouse = await openWarehouse({ directory });
    await loadEntry(warehouse, hourOf(0, [attempt(1)]));
  }
  const instance = await DuckDBInstance.create(join(directory, "window.duckdb"));
  const connection = await instance.connect();
  await connection.run("UPDATE meta SET version = 1");
  connection.closeSync();
  instance.closeSync();
  await using warehouse = await openWarehouse({ directory });
  expect(await loadedEntries(warehouse)).toEqual([]);
  await loadEntry(warehouse, hourOf(0, [attempt(1)]));
  expect(await loadedEntries(warehouse)).toHaveLength(1);
});
