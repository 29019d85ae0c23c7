import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INVOCATION_COLUMNS } from "../../src/rows/invocation.ts";
import { InvocationTree, treeRows } from "../../src/tree/invocation-tree.ts";
import { verifyRowProof } from "../../src/tree/proof.ts";
import { parseProof, proofJson } from "../../src/tree/proof-json.ts";

const rowOf = treeRows(INVOCATION_COLUMNS);
const treeOf = (ids: readonly string[]) =>
  new InvocationTree(
    ids.map((id) =>
      rowOf(INVOCATION_COLUMNS.map((name) => (name === "invocation_id" ? id : 'a "b"\n'))),
    ),
  );

describe("a proof as text", () => {
  it("says what it said, and convinces as it did", async () => {
    const ids = fc.uniqueArray(fc.uuid(), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ids, fc.uuid(), fc.nat(), async (list, stranger, pick) => {
        const tree = treeOf(list);
        for (const id of [stranger, list[pick % Math.max(1, list.length)] ?? stranger]) {
          const stated = { head: tree.head, proof: await tree.prove(id) };
          const read = parseProof(proofJson(stated));
          expect(read).toEqual(stated);
          expect(verifyRowProof(read.head, read.proof)).toBe(true);
        }
      }),
    );
  });

  it.each([
    "",
    "{}",
    '{"kind":"present","invocation_id":"a","tree":{"size":1,"root":"00"},"leaf":null}',
    '{"kind":"maybe","invocation_id":"a"}',
  ])("%j is none", (text) => {
    expect(() => parseProof(text)).toThrow(
      expect.toSatisfy((error) => isCoded(error, "REPORT_INVALID")),
    );
  });
});
