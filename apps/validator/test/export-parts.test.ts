import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  csvPath,
  entryNamespace,
  INVOCATION_COLUMNS,
  type InvocationRow,
  InvocationTree,
  invocationCells,
  MICROS_PER_HOUR,
  treeRows,
  uuidV5,
  verifyRowProof,
} from "@neurond/exports";
import { familyOf } from "@neurond/ledger";
import { hotkeyOf, toHex, toMicro, toRunId } from "@neurond/primitives";
import type { Service } from "@neurond/store";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { CommitmentSlot } from "../src/commitment-slot.ts";
import { ExportFiles, treeFileOf } from "../src/exports/export-files.ts";
import { nativeUuid } from "../src/exports/node-hash.ts";
import { serviceChanges, serviceNames } from "../src/exports/services.ts";
import { dueSlice } from "../src/exports/slices.ts";
import { TreeFile } from "../src/exports/tree-file.ts";
import { writeInvocations } from "../src/exports/write-invocations.ts";

const HOUR = MICROS_PER_HOUR;
const rules = { lengthUs: HOUR, delayUs: 60_000_000 };

describe("slices", () => {
  test("begin with the record, end at the clock's hours, and are due a minute later", () => {
    const begin = 100 * HOUR + 17;
    expect(dueSlice(null, null, 200 * HOUR, rules)).toBeNull();
    expect(dueSlice(null, begin, 101 * HOUR + 59_999_999, rules)).toBeNull();
    expect(dueSlice(null, begin, 101 * HOUR + 60_000_000, rules)).toEqual({
      startUs: 100 * HOUR,
      endUs: 101 * HOUR,
    });
  });

  test("that were missed follow one by one without a gap, though not from before the listed week", () => {
    const now = 1_000 * HOUR + rules.delayUs;
    let last = dueSlice(null, 1, now, rules);
    expect(last?.startUs).toBe((1_000 - 7 * 24) * HOUR);
    for (let count = 1; ; count += 1) {
      const next = dueSlice(last?.endUs ?? null, 1, now, rules);
      if (next === null) {
        expect(count).toBe(7 * 24);
        return;
      }
      expect(next.startUs).toBe(last?.endUs);
      last = next;
    }
  });

  test("whose length was changed end where the new length has its ends", () => {
    const next = dueSlice(7 * HOUR + HOUR / 4, 1, 9 * HOUR, rules);
    expect(next).toEqual({ startUs: 7 * HOUR + HOUR / 4, endUs: 8 * HOUR });
  });
});

describe("names", () => {
  test("are the UUIDs that the pure function gives", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 900 }), (name) => {
        expect(nativeUuid(name)).toBe(uuidV5(entryNamespace(), name));
      }),
    );
  });
});

const row = (invocation_id: string, at: number): InvocationRow => ({
  parent_invocation_id: invocation_id,
  invocation_id,
  chute_id: "c",
  chute_user_id: null,
  function_name: "toy/1",
  image_id: null,
  image_user_id: null,
  instance_id: "i",
  miner_uid: 1,
  miner_hotkey: "5",
  started_at: at,
  completed_at: at,
  error_message: at % 3 === 0 ? 'FAILED "x",\r\nü' : null,
  compute_multiplier: 1,
  bounty: 0,
  metrics: { nc: at },
});

describe("a published tree", () => {
  test("gives the proofs that the tree in memory gives, of rows and of their absence", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-exports-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const files = new ExportFiles(directory);
    for (const size of [0, 1, 2, 3, 7, 64, 300]) {
      const rows = Array.from({ length: size }, (_, at) => row(nativeUuid(`row ${at}`), at));
      const csv = files.place(csvPath("invocations", size * HOUR)) ?? "";
      const pages = async function* () {
        for (let at = 0; at < size; at += 50) yield rows.slice(at, at + 50);
      };
      const { tree: head } = await writeInvocations(files, csv, pages());
      const asRow = treeRows(INVOCATION_COLUMNS);
      const memory = new InvocationTree(rows.map((one) => asRow(invocationCells(one))));
      expect([head.size, toHex(head.root)]).toEqual([size, toHex(memory.head.root)]);
      await using tree = await TreeFile.open({ csv, tree: treeFileOf(csv) }, size);
      const wanted = [...rows.slice(0, 20).map((one) => one.invocation_id), nativeUuid("x")];
      for (const id of [...wanted, `${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}`]) {
        const proof = await tree?.prove(id);
        expect(proof && verifyRowProof(memory.head, proof)).toBe(true);
        expect(proof?.kind).toBe((await memory.prove(id)).kind);
      }
    }
  });

  test("of an hour that is kept no more is none", async () => {
    expect(await TreeFile.open({ csv: "/nowhere.csv", tree: "/nowhere.tree" }, 3)).toBeNull();
  });
});

describe("services", () => {
  const validator = hotkeyOf(new Uint8Array(32).fill(9));
  const miner = hotkeyOf(new Uint8Array(32).fill(1));
  const family = familyOf("toy/1");
  const result = (index: number, score: number, before: number | null) => ({
    run: {
      index,
      family,
      startedUs: index * 1_000,
      endedUs: index * 1_000 + 900,
      settledUs: index * 1_000 + 900,
      text: "",
    },
    workload: "toy/1",
    scores: new Map([[miner, toMicro(score)]]),
    before,
  });
  const first = serviceChanges(result(4, 500_000, null), [], validator, null);
  const live: readonly Service[] = first.services;

  test("begin with the first run that earns something, and go on under one name", () => {
    expect(live).toMatchObject([{ miner, since: 4, startedUs: 4_000, ended: null }]);
    const second = serviceChanges(result(5, 1_000_000, 4), live, validator, 4_900);
    expect(second.services).toMatchObject([
      { instanceId: live[0]?.instanceId, multiplierMicro: 1_000_000 },
    ]);
    expect(second.earned).toMatchObject([{ runIndex: 5, startedUs: 5_000, endedUs: 5_900 }]);
  });

  test("end with a run that earns nothing, which is the miner's doing", () => {
    const { services, earned } = serviceChanges(result(5, 0, 4), live, validator, 4_900);
    expect(services).toMatchObject([{ ended: { atUs: 5_900, unmeasured: false } }]);
    expect(earned).toEqual([]);
    const name = serviceNames(services, first.earned);
    const seen = (run: string) => ({ validator, run_id: toRunId(run), workload: "toy/1", miner });
    expect(name(seen("run-5"))).toBe(live[0]?.instanceId);
    expect(name(seen("run-6"))).not.toBe(live[0]?.instanceId);
  });

  test("end without fault where a run was not measured, and begin anew", () => {
    const { services } = serviceChanges(result(7, 1, 4), live, validator, 4_900);
    expect(services).toMatchObject([
      { ended: { atUs: 4_900, settledUs: 7_900, unmeasured: true } },
      { since: 7, ended: null },
    ]);
    expect(new Set(services.map(({ instanceId }) => instanceId)).size).toBe(2);
  });
});

describe("the slot for commitments", () => {
  test("lets one writer in after the other, whatever became of the first", async () => {
    const slot = new CommitmentSlot();
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const failing = slot.take(async () => {
      order.push("first in");
      await first.promise;
      order.push("first out");
      throw new Error("no block");
    });
    const second = slot.take(async () => order.push("second"));
    first.resolve();
    await expect(failing).rejects.toThrow("no block");
    await second;
    expect(order).toEqual(["first in", "first out", "second"]);
  });
});
