import { toHex } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  commitmentFields,
  digestOf,
  parseRowsCommitment,
  registrationOf,
  rowsCommitment,
} from "../src/commitment.ts";

const DIGEST = Uint8Array.from({ length: 32 }, (_, index) => index);
const hex = toHex(DIGEST);
const list = [...DIGEST];

describe("the digest of a commitment", () => {
  it.each([
    ["hexadecimal text", hex],
    ["the same without a prefix", hex.slice(2)],
    ["a list of bytes", list],
    ["bytes", DIGEST],
    ["a list of one text", [hex]],
    ["a list of one list of bytes", [list]],
  ])("is taken as %s", (_what, digest) => {
    for (const answer of [
      { Sha256: digest },
      [{ Sha256: digest }],
      [[{ Sha256: digest }]],
      { deposit: 0, block: 7, info: { fields: [{ Sha256: digest }] } },
      { deposit: 0, block: 7, info: { fields: [[{ Sha256: digest }], [{ Raw3: "0x010203" }]] } },
      {
        fields: [
          { kind: "raw", bytes: DIGEST },
          { kind: "sha-256", hash: digest },
        ],
      },
      { info: { fields: [{ tag: "Sha256", value: digest }] } },
      { info: { fields: [{ sha256: digest }] } },
    ])
      expect(digestOf(answer)).toEqual(DIGEST);
  });

  it("is the first one", () => {
    expect(
      digestOf({ fields: [{ Raw1: "0x00" }, { Sha256: hex }, { Sha256: `0x${"ff".repeat(32)}` }] }),
    ).toEqual(DIGEST);
  });

  it.each([
    null,
    undefined,
    "",
    hex,
    list,
    DIGEST,
    {},
    [],
    { fields: [] },
    { Sha256: "0x12" },
    { Sha256: [1, 2] },
    { Sha256: [...list.slice(1), 256] },
    { BlakeTwo256: hex },
    { Raw32: hex },
    { fields: [{ Keccak256: hex }] },
  ])("is absent from %j: nothing passes for one", (answer) => {
    expect(digestOf(answer)).toBeNull();
  });

  it("comes with the block in which it was set", () => {
    const info = { fields: [{ Sha256: hex }] };
    expect(registrationOf({ deposit: 0, block: 7, info })).toEqual({ block: 7, digest: DIGEST });
    expect(registrationOf({ block: "soon", info })).toEqual({ block: null, digest: DIGEST });
    expect(registrationOf(null)).toEqual({ block: null, digest: null });
  });

  it("ends at nesting without end", () => {
    expect(digestOf(JSON.parse("[".repeat(1_000) + "]".repeat(1_000)))).toBeNull();
  });
});

describe("the commitment to a report", () => {
  it("has the report's digest first and fits the pallet", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(1e9), (root, size) => {
        const [first, second] = commitmentFields(DIGEST, { size, root });
        expect(first).toEqual({ kind: "sha-256", hash: DIGEST });
        expect(second?.kind === "raw" && second.bytes.length <= 128).toBe(true);
        expect(digestOf({ fields: [first, second] })).toEqual(DIGEST);
        expect(parseRowsCommitment(rowsCommitment({ size, root }))).toEqual({ size, root });
      }),
    );
    expect(parseRowsCommitment("neurond/log/v1:1:00")).toBeNull();
  });
});
