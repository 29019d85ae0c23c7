import { commitHash, keypairFromUri } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { expect, test } from "vitest";
import vectors from "./vectors/commit-hash.json" with { type: "json" };

const { publicKey } = keypairFromUri("//Alice");
const commit = { publicKey, index: 7, uids: [0], values: [1], salt: [2], versionKey: 0n };

test.each(vectors)("the commit of //Alice at index $index hashes to $hash", (row) => {
  const hash = commitHash({ ...row, publicKey, versionKey: BigInt(row.versionKey) });
  expect(toHex(hash)).toBe(row.hash);
});

test("every part of a commit is covered", () => {
  const others = [
    { publicKey: new Uint8Array(32) },
    { index: 8 },
    { uids: [1] },
    { values: [2] },
    { salt: [] },
    { versionKey: 1n },
  ];
  const hashes = [{}, ...others].map((other) => toHex(commitHash({ ...commit, ...other })));
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("what does not fit the chain's fields is refused instead of wrapped", () => {
  for (const wrong of [
    { index: 65_536 },
    { uids: [-1] },
    { values: [0.5] },
    { versionKey: 2n ** 64n },
  ]) {
    expect(codeOf(() => commitHash({ ...commit, ...wrong }))).toBe("VALUE_OUT_OF_RANGE");
  }
});
