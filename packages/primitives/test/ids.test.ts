import {
  splitWeightsIndex,
  toBlockNumber,
  toEpochIndex,
  toMecid,
  toNetuid,
  toUid,
  weightsIndex,
} from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe.each([
  { name: "uid", make: toUid, max: 65_535 },
  { name: "netuid", make: toNetuid, max: 4095 },
  { name: "mecid", make: toMecid, max: 15 },
  { name: "block number", make: toBlockNumber, max: 4_294_967_295 },
  { name: "epoch index", make: toEpochIndex, max: Number.MAX_SAFE_INTEGER },
])("a $name", ({ make, max }) => {
  test("is any integer from 0 to the largest the chain can hold", () => {
    expect([make(0), make(max)]).toEqual([0, max]);
  });

  test.each([-1, max + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("is not %d", (value) => {
    expect(codeOf(() => make(value))).toBe("ID_OUT_OF_RANGE");
  });
});

describe("a storage index", () => {
  test("counts mechanisms in strides of 4096", () => {
    expect(weightsIndex(toNetuid(7), toMecid(0))).toBe(7);
    expect(weightsIndex(toNetuid(7), toMecid(1))).toBe(4103);
  });

  test("comes apart into the netuid and mecid it was made of", () => {
    fc.assert(
      fc.property(fc.nat(4095), fc.nat(15), (netuid, mecid) => {
        const index = weightsIndex(toNetuid(netuid), toMecid(mecid));
        expect(splitWeightsIndex(index)).toEqual({ netuid, mecid });
      }),
    );
  });

  test("above u16 is refused", () => {
    expect(codeOf(() => splitWeightsIndex(65_536))).toBe("ID_OUT_OF_RANGE");
  });
});
