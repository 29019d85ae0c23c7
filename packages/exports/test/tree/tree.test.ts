import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INVOCATION_COLUMNS } from "../../src/rows/invocation.ts";
import {
  EMPTY_TREE,
  InvocationTree,
  treeHead,
  treeLeaf,
  treeRows,
} from "../../src/tree/invocation-tree.ts";
import { type RowProof, verifyRowProof } from "../../src/tree/proof.ts";

const rowOf = treeRows(INVOCATION_COLUMNS);
const cellsOf = (id: string) =>
  INVOCATION_COLUMNS.map((name) => (name === "invocation_id" ? id : name));
const treeOf = (ids: readonly string[]) => new InvocationTree(ids.map((id) => rowOf(cellsOf(id))));
const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 });

describe("the tree over an hour's invocations", () => {
  it("proves every row to whoever knows the head", async () => {
    await fc.assert(
      fc.asyncProperty(
        ids.filter((list) => list.length > 0),
        fc.nat(),
        async (list, pick) => {
          const tree = treeOf(list);
          const proof = await tree.prove(list[pick % list.length] ?? "");
          expect(proof.kind).toBe("present");
          expect(verifyRowProof(tree.head, proof)).toBe(true);
        },
      ),
    );
  });

  it("proves the absence of every other, and never its presence", async () => {
    await fc.assert(
      fc.asyncProperty(ids, fc.uuid(), async (list, stranger) => {
        fc.pre(!list.includes(stranger));
        const tree = treeOf(list);
        const proof = await tree.prove(stranger);
        expect(proof.kind).toBe("absent");
        expect(verifyRowProof(tree.head, proof)).toBe(true);
        if (proof.kind !== "absent") return;
        for (const leaf of [proof.before, proof.after]) {
          if (leaf === null) continue;
          const claimed = { ...leaf, invocationId: stranger };
          expect(
            verifyRowProof(tree.head, { kind: "present", invocationId: stranger, leaf: claimed }),
          ).toBe(false);
          expect(verifyRowProof(tree.head, { kind: "present", invocationId: stranger, leaf })).toBe(
            false,
          );
        }
      }),
    );
  });

  it("never proves the absence of a row that is there", async () => {
    await fc.assert(
      fc.asyncProperty(
        ids.filter((list) => list.length > 0),
        fc.nat(),
        async (list, pick) => {
          const sorted = [...list].sort();
          const place = pick % sorted.length;
          const tree = treeOf(list);
          const invocationId = sorted[place] ?? "";
          const leafAt = async (index: number) => {
            const id = sorted[index];
            const proof = id === undefined ? null : await tree.prove(id);
            return proof?.kind === "present" ? proof.leaf : null;
          };
          // Whatever neighbours a liar shows: those around it, itself on a side, or nobody.
          for (const before of [null, await leafAt(place - 1), await leafAt(place)]) {
            for (const after of [null, await leafAt(place + 1), await leafAt(place)]) {
              expect(
                verifyRowProof(tree.head, { kind: "absent", invocationId, before, after }),
              ).toBe(false);
            }
          }
        },
      ),
    );
  });

  it("convinces nobody after a change of a single part", async () => {
    const tree = treeOf(["a", "b", "c", "d", "e"].map((letter) => letter.repeat(8)));
    const proof = await tree.prove("cccccccc");
    if (proof.kind !== "present") throw new Error("the row is there");
    const { leaf } = proof;
    const changed: RowProof[] = [
      { ...proof, leaf: { ...leaf, index: leaf.index + 1 } },
      { ...proof, leaf: { ...leaf, content: leaf.content.replace("miner_hotkey", "somebody") } },
      { ...proof, leaf: { ...leaf, siblings: leaf.siblings.slice(1) } },
      {
        ...proof,
        leaf: { ...leaf, siblings: leaf.siblings.map((hash) => hash.map((byte) => byte ^ 1)) },
      },
    ];
    for (const other of changed) expect(verifyRowProof(tree.head, other)).toBe(false);
    expect(verifyRowProof({ ...tree.head, size: tree.head.size - 1 }, { ...proof })).toBe(false);
  });

  it("is the same whatever the order of rows and columns", () => {
    fc.assert(
      fc.property(ids, (list) => {
        const header = [...INVOCATION_COLUMNS].reverse();
        const turned = list.map((id) => treeRows(header)([...cellsOf(id)].reverse())).reverse();
        expect(treeHead(turned.map((row) => treeLeaf(row)))).toEqual(treeOf(list).head);
      }),
    );
  });

  it("of no rows proves that nothing is there", async () => {
    const tree = treeOf([]);
    expect(tree.head).toEqual(EMPTY_TREE);
    const proof = await tree.prove("anything");
    expect(verifyRowProof(tree.head, proof)).toBe(true);
    expect(verifyRowProof({ size: 0, root: new Uint8Array(32) }, proof)).toBe(false);
    expect(verifyRowProof(treeOf(["a"]).head, proof)).toBe(false);
  });

  it("has each invocation once", () => {
    expect(() => treeOf(["a", "A"])).toThrow(
      expect.toSatisfy((error) => isCoded(error, "TREE_INVALID")),
    );
  });
});
