import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { DOCUMENT } from "@neurond/workload-storage";
import { expect, onTestFinished, test } from "vitest";
import { noteOf } from "../src/storage/read-entry.ts";
import { RevealBook } from "../src/storage/reveal-book.ts";

const [validator, other] = ["//Validator1", "//Validator2"].map((uri) =>
  hotkeyOf(keypairFromUri(uri).publicKey),
) as [ReturnType<typeof hotkeyOf>, ReturnType<typeof hotkeyOf>];
const netuid = toNetuid(2);
const miner = hotkeyOf(keypairFromUri("//Miner1").publicKey);

const plan = (revealed: number) =>
  JSON.stringify({
    kind: "document",
    ...{ v: 1, netuid, validator, run_id: "run-9", type: DOCUMENT.plan, miner: null },
    body: { run: 9, periods: { blocks: 100, first: 3, next: 12, revealed } },
  });

test("a plan says which secret its validator owes, and nobody else's", () => {
  const reader = { netuid, validator, miner };
  expect(noteOf(plan(5), reader)).toEqual({ kind: "owes", period: 5, blocks: 100 });
  expect(noteOf(plan(5), { ...reader, validator: other })).toBeNull();
});

test("a secret is overdue a whole period after its own, until a later plan says it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-reveals-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, "reveals.json");
  await writeFile(file, JSON.stringify({ [other]: { next: 3, failed: [] } }));
  const book = new RevealBook(file);
  const place = { next: 7, failed: [] };
  await book.keep(validator, { ...place, owes: { period: 5, blocks: 100 } });
  const again = new RevealBook(file);
  expect(await again.isOverdue(validator, 699)).toBe(false);
  expect(await again.isOverdue(validator, 700)).toBe(true);
  expect(await again.isOverdue(other, 10_000)).toBe(false);
  await again.keep(validator, { ...place, owes: { period: 6, blocks: 100 } });
  expect(await again.isOverdue(validator, 700)).toBe(false);
});
