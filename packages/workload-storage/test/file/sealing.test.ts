import { fromHex, hotkeyOf, toHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { sealBytes, sealKeyOf, shardIdOf } from "../../src/file/index.ts";
import vectors from "../vectors/sealing.json" with { type: "json" };

const plain = fromHex(vectors.plain);

describe.each(vectors.cases)("generation $generation at miner $miner", (vector) => {
  const { segment, index, generation } = vector;
  const fileId = fromHex(vectors.fileId);
  const miner = hotkeyOf(fromHex(vector.miner));
  const shardId = shardIdOf({ fileId, segment, index, generation, miner });
  const key = sealKeyOf(fromHex(vectors.sealSecret), shardId);

  test("id, key and sealed bytes are the published ones", () => {
    expect(toHex(shardId)).toBe(`0x${vector.shardId}`);
    expect(toHex(key)).toBe(`0x${vector.sealKey}`);
    expect(toHex(sealBytes(key, plain))).toBe(`0x${vector.sealed}`);
  });

  test("sealing again unseals", () => {
    expect(sealBytes(key, sealBytes(key, plain))).toEqual(plain);
  });
});
