import { checkCheckpoint, signCheckpoint } from "@neurond/ledger";
import { toBlockNumber, toNetuid } from "@neurond/primitives";
import { expect, test } from "vitest";
import { alice, aliceHotkey, bob, bobHotkey, netuid, verify } from "./samples.ts";

const head = { size: 12, root: new Uint8Array(32).fill(5) };
const signed = signCheckpoint(head, { netuid, block: toBlockNumber(700) }, alice);
const expected = { netuid, validator: aliceHotkey, verify };

test("a checkpoint says of its log what the validator signed", () => {
  expect(checkCheckpoint(JSON.parse(JSON.stringify(signed)), expected)).toEqual({
    ok: true,
    checkpoint: signed,
  });
  expect(signed).toMatchObject({ size: 12, root: "05".repeat(32), block: 700 });
});

test("a checkpoint of another subnet or validator is not this one's", () => {
  const fault = (value: unknown, change = {}) => {
    const result = checkCheckpoint(value, { ...expected, ...change });
    return result.ok ? "none" : result.fault;
  };
  expect(fault(signed, { netuid: toNetuid(2) })).toBe("NETUID_MISMATCH");
  expect(fault(signed, { validator: bobHotkey })).toBe("VALIDATOR_MISMATCH");
  const forged = signCheckpoint(head, { netuid, block: toBlockNumber(700) }, bob);
  expect(fault({ ...forged, validator_hotkey: aliceHotkey })).toBe("SIGNATURE_INVALID");
  for (const change of [{ size: 13 }, { root: "06".repeat(32) }, { block: 701 }]) {
    expect(fault({ ...signed, ...change })).toBe("SIGNATURE_INVALID");
  }
  for (const value of [null, {}, { ...signed, more: 1 }, { ...signed, size: -1 }]) {
    expect(fault(value)).toBe("CHECKPOINT_MALFORMED");
  }
});
