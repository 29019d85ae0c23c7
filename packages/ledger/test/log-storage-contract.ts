import {
  encodeEntry,
  entryLeaf,
  isEntryOf,
  Log,
  type LogStorage,
  proveEntry,
  rootAt,
} from "@neurond/ledger";
import { isCoded, toHex } from "@neurond/primitives";
import { expect, test } from "vitest";
import { observation } from "./samples.ts";

/** What a log relies on, of every storage. `open` gives an empty one. */
export function logStorageContract(open: () => Promise<LogStorage> | LogStorage): void {
  const entries = Array.from({ length: 11 }, (_, slot) => observation({ slot }));

  test("holds what was appended, in order", async () => {
    const storage = await open();
    const log = new Log(storage);
    expect(await log.append(entries.slice(0, 4))).toBe(0);
    expect(await log.append(entries.slice(4))).toBe(4);
    expect(await storage.size()).toBe(11);
    expect(await storage.read(0, 11)).toEqual(entries.map(encodeEntry));
    expect(await storage.read(9, 20)).toEqual(entries.slice(9).map(encodeEntry));
    expect(await storage.read(11, 20)).toEqual([]);
  });

  test("an append that does not begin at the end changes nothing", async () => {
    const storage = await open();
    await new Log(storage).append(entries.slice(0, 3));
    const text = encodeEntry(observation({ slot: 9 }));
    for (const from of [0, 2, 4]) {
      const stored = [{ text, leafHash: entryLeaf(text) }];
      const error = await storage.append(from, stored, []).catch((thrown: unknown) => thrown);
      expect(isCoded(error, "LOG_CONFLICT")).toBe(true);
    }
    expect(await storage.size()).toBe(3);
    expect(await storage.read(0, 9)).toEqual(entries.slice(0, 3).map(encodeEntry));
  });

  test("a log opened again goes on where it ended, and proves what it held", async () => {
    const storage = await open();
    for (const entry of entries) await new Log(storage).append([entry]);
    const head = await new Log(storage).head();
    const whole = new Log(await open());
    await whole.append(entries);
    expect(head).toEqual(await whole.head());
    const root = toHex((await rootAt(storage, 7)) ?? new Uint8Array(0));
    for (const [index, text] of (await storage.read(0, 7)).entries()) {
      const proof = await proveEntry(storage, index, 7);
      expect(isEntryOf({ size: 7, root }, { text, index, proof })).toBe(true);
    }
  });

  test("appending nothing is nothing", async () => {
    const storage = await open();
    expect(await new Log(storage).append([])).toBe(0);
    expect(await storage.size()).toBe(0);
    expect(await storage.read(0, 1)).toEqual([]);
  });
}
