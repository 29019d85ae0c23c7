import { RFC6962 } from "@neurond/crypto";
import {
  type Document,
  decodeEntry,
  encodeEntry,
  entryLeaf,
  hasGrown,
  isEntryOf,
  Log,
  MemoryLogStorage,
  proveEntry,
  proveGrowth,
  rootAt,
} from "@neurond/ledger";
import { toHex, toRunId } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { logStorageContract } from "./log-storage-contract.ts";
import { aliceHotkey, observation } from "./samples.ts";

const many = (count: number) => Array.from({ length: count }, (_, slot) => observation({ slot }));

describe("a log's storage in memory", () => {
  logStorageContract(() => new MemoryLogStorage());
});

describe("a log", () => {
  test("keeps the order of concurrent appends", async () => {
    const storage = new MemoryLogStorage();
    const log = new Log(storage);
    const firsts = await Promise.all(many(20).map((entry) => log.append([entry])));
    expect(firsts).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await storage.read(0, 20)).toEqual(many(20).map(encodeEntry));
  });

  test("reads its end again after an append whose answer was lost", async () => {
    class Lossy extends MemoryLogStorage {
      loses = false;
      override async append(...input: Parameters<MemoryLogStorage["append"]>) {
        await super.append(...input);
        if (this.loses) throw new Error("connection lost");
      }
    }
    const storage = new Lossy();
    const log = new Log(storage);
    await log.append(many(3));
    storage.loses = true;
    await expect(log.append([observation({ slot: 100 })])).rejects.toThrow("connection lost");
    storage.loses = false;
    expect(await log.append([observation({ slot: 101 })])).toBe(4);
    const root = toHex((await log.head()).root);
    const [text = ""] = await storage.read(3, 4);
    const proof = await proveEntry(storage, 3, 5);
    expect(isEntryOf({ size: 5, root }, { text, index: 3, proof })).toBe(true);
  });

  test("refuses what is not an entry, and stays as it was", async () => {
    const log = new Log(new MemoryLogStorage());
    const before = await log.head();
    for (const bad of [
      observation({ slot: 0.5 }),
      observation({ evidence: { answer: 0.5 } }),
      observation({ workload: "Storage" }),
      { ...observation(), more: 1 },
    ]) {
      expect(codeOf(() => log.append([observation(), bad]))).toBe("ENTRY_INVALID");
    }
    expect(await log.head()).toEqual(before);
  });

  test("proves that it only grew", async () => {
    const storage = new MemoryLogStorage();
    await new Log(storage).append(many(40));
    const head = async (size: number) => ({
      size,
      root: toHex((await rootAt(storage, size)) ?? new Uint8Array(0)),
    });
    for (const [first, second] of [
      [0, 40],
      [1, 40],
      [13, 27],
      [27, 27],
    ] as const) {
      const proof = await proveGrowth(storage, first, second);
      expect(hasGrown(await head(first), await head(second), proof)).toBe(true);
      expect(hasGrown(await head(first + 1), await head(second), proof)).toBe(false);
    }
    expect(await rootAt(storage, 41)).toBeNull();
    expect(await rootAt(storage, -1)).toBeNull();
  });
});

describe("an entry", () => {
  const document: Document = {
    kind: "document",
    v: 1,
    netuid: 1,
    validator: aliceHotkey,
    run_id: toRunId("run-7"),
    type: "storage-plan/1",
    miner: null,
    body: { slots: [1, 2] },
  };

  test("comes back from its text, and only from its canonical text", () => {
    for (const entry of [observation(), observation({ evidence: null }), document]) {
      const text = encodeEntry(entry);
      expect(decodeEntry(text)).toEqual(entry);
      expect(decodeEntry(` ${text}`)).toBeNull();
      expect(decodeEntry(JSON.stringify({ ...entry, v: 2 }))).toBeNull();
      expect(decodeEntry(text.slice(1))).toBeNull();
    }
  });

  test("has a leaf that no other text has, nor another kind of tree", () => {
    const text = encodeEntry(document);
    expect(entryLeaf(text)).not.toEqual(entryLeaf(`${text} `));
    expect(entryLeaf(text)).not.toEqual(RFC6962.leaf(utf8ToBytes(text)));
    expect(toHex(entryLeaf("{}"))).toBe(toHex(RFC6962.leaf(utf8ToBytes("neurond/entry/v1\n{}"))));
  });

  test("is not proven by nonsense", () => {
    const head = { size: 1, root: toHex(entryLeaf("{}")) };
    expect(isEntryOf(head, { text: "{}", index: 0, proof: [] })).toBe(true);
    expect(isEntryOf({ ...head, root: "zz" }, { text: "{}", index: 0, proof: [] })).toBe(false);
    expect(isEntryOf(head, { text: "\ud800", index: 0, proof: [] })).toBe(false);
    expect(isEntryOf(head, { text: "{}", index: 0, proof: ["0x00"] })).toBe(false);
    expect(isEntryOf(head, { text: "{}", index: -1, proof: [] })).toBe(false);
    expect(hasGrown(head, { ...head, root: "" }, [])).toBe(false);
  });
});
