import { describe, expect, test } from "vitest";
import { nextPermits } from "../../src/yuma/permits.ts";

const holders = (stake: number[], slots: number, ownerUid?: number) =>
  nextPermits(Float64Array.from(stake), slots, ownerUid).flatMap((held, uid) =>
    held ? [uid] : [],
  );

describe("permits", () => {
  test("go to the largest stakes", () => {
    expect(holders([5, 9, 1, 7], 2)).toEqual([1, 3]);
  });

  test("go to the higher uid between equal stakes", () => {
    expect(holders([4, 4, 4, 4], 2)).toEqual([2, 3]);
  });

  test("never go to a neuron without stake, however many are free", () => {
    expect(holders([0, 3, 0], 3)).toEqual([1]);
    expect(holders([0, 3, 0], 9)).toEqual([1]);
  });

  test("go to the owner beside the others, with or without stake", () => {
    expect(holders([0, 3, 2], 1, 0)).toEqual([0, 1]);
    expect(holders([1, 3, 2], 0, 2)).toEqual([2]);
  });
});
