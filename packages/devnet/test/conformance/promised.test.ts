import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRuntime } from "../../src/subtensor-runtime.ts";

type Indices = Record<string, Record<string, number>>;
const promised: {
  calls: Indices;
  events: Indices;
  errors: Indices;
  storage: Record<string, string[]>;
} = JSON.parse(readFileSync(new URL("promised.json", import.meta.url), "utf8"));
const { pallets } = createRuntime();
const palletOf = (name: string) => {
  const pallet = pallets.find((candidate) => candidate.name === name);
  if (!pallet) throw new Error(`the runtime has no pallet ${name}`);
  return pallet;
};

describe("what clients of a subtensor may rely on", () => {
  for (const kind of ["calls", "events", "errors"] as const)
    it.each(Object.entries(promised[kind]))(
      `%s has its ${kind} under their indices`,
      (name, list) => {
        const ours = new Map(palletOf(name)[kind].map((part) => [part.name, part.index]));
        const missing = Object.entries(list).filter(([part, index]) => ours.get(part) !== index);
        expect(missing).toEqual([]);
      },
    );

  it.each(Object.entries(promised.storage))("%s has its storage items", (name, items) => {
    const ours = new Set(palletOf(name).storage.map((item) => item.name));
    expect(items.filter((item) => !ours.has(item))).toEqual([]);
  });
});
