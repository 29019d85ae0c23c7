import { commitmentFields } from "@neurond/exports";
import { describe, expect, it } from "vitest";
import { rowsField } from "../../io/witness/rows-field.ts";

const root = new Uint8Array(32).fill(7);
const tree = { size: 41, root: "07".repeat(32) };
const fields = commitmentFields(new Uint8Array(32).fill(1), { size: 41, root });
const text = `neurond/rows/v1:41:${tree.root}`;
const hex = `0x${Buffer.from(text).toString("hex")}`;

describe("the second field of a commitment", () => {
  it.each<[string, unknown]>([
    ["as our client has it", fields],
    ["as metadata names it", { fields: [{ Sha256: `0x${"01".repeat(32)}` }, { Raw82: hex }] }],
    ["within a registration", { deposit: 0, block: 5, info: { fields: [[{ Raw82: hex }]] } }],
  ])("is read %s", (_, answer) => {
    expect(rowsField(answer)).toEqual(tree);
  });

  it("is none when it is anything else", () => {
    expect(rowsField(fields.slice(0, 1))).toBeNull();
    expect(rowsField({ Raw82: text })).toBeNull();
    expect(rowsField({ Raw9: `${hex}00` })).toBeNull();
    expect(rowsField(null)).toBeNull();
  });

  it("is not looked for without end", () => {
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], hex);
    expect(rowsField(deep)).toBeNull();
  });
});
