import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../src/node/bytes.ts";
import { birthOf, decodeEra, encodeEra, IMMORTAL, mortalEra } from "../../src/node/era.ts";
import {
  decodeExtrinsic,
  encodeBare,
  encodeExtra,
  encodeSigned,
} from "../../src/node/extrinsic.ts";
import { signingPayload } from "../../src/node/signing.ts";
import { alice, makeNode, remark, sign } from "./fixture.ts";

/** Produced by `@polkadot/types` 16.5.6 over the metadata of spec 424. */
const golden = {
  call: "0x0700070004000004ffff0000000000000000",
  payload:
    "0x0700070004000004ffff000000000000000000140000a8010000010000002222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222200",
  extrinsic:
    "0xe5018400d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d0144444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444444001400000700070004000004ffff0000000000000000",
  hash: "0x9d7f3e35c621225fcb3f614058e1f7a99635df5793bad807630e1199132c0798",
} as const;

const extra = { era: IMMORTAL, nonce: 5, tip: 0n, metadataHash: false };
const twos: Hex = `0x${"22".repeat(32)}`;
const ALICE: Hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

describe("extrinsics", () => {
  it("are signed over call, extra and the implicit part", () => {
    const implicit = { specVersion: 424, transactionVersion: 1, genesis: twos, birth: twos };
    const payload = signingPayload(fromHex(golden.call), encodeExtra(extra), implicit);
    expect(toHex(payload)).toBe(golden.payload);
  });

  it("are signed by their hash when the payload is longer than 256 bytes", () => {
    const implicit = { specVersion: 424, transactionVersion: 1, genesis: twos, birth: twos };
    const payloadOf = (length: number) =>
      signingPayload(new Uint8Array(length), encodeExtra(extra), implicit);
    expect(payloadOf(256 - 77)).toHaveLength(256);
    expect(payloadOf(257 - 77)).toHaveLength(32);
  });

  it("have the bytes and the hash that polkadot.js gives them", () => {
    const signature = { tag: "Sr25519", value: new Uint8Array(64).fill(0x44) } as const;
    const bytes = encodeSigned(ALICE, signature, extra, fromHex(golden.call));
    expect(toHex(bytes)).toBe(golden.extrinsic);
    expect(hashOf(bytes)).toBe(golden.hash);
  });

  it("come back from their bytes as they went in", () => {
    const node = makeNode();
    const { runtimeCall } = node.runtimeAt(node.best);
    const call = remark(node, "hello");
    const callBytes = runtimeCall.codec.enc(call);
    const signature = { tag: "Ed25519", value: new Uint8Array(64).fill(7) } as const;
    const mortal = { era: mortalEra(64, 1000), nonce: 70_000, tip: 1n << 40n, metadataHash: true };
    const bytes = encodeSigned(ALICE, signature, mortal, callBytes);
    expect(decodeExtrinsic(bytes, runtimeCall)).toEqual({
      kind: "signed",
      address: { tag: "Id", value: ALICE },
      signature,
      extra: mortal,
      extraBytes: encodeExtra(mortal),
      callBytes,
      call,
    });
  });

  it("may be bare in format 4 and 5", () => {
    const node = makeNode();
    const { runtimeCall } = node.runtimeAt(node.best);
    const four = encodeBare(fromHex("0x02000bc0a8cda09a01"));
    const five = four.slice();
    five[1] = 0x05;
    for (const bytes of [four, five]) {
      expect(decodeExtrinsic(bytes, runtimeCall)).toMatchObject({
        kind: "bare",
        call: { pallet: 2, call: 0, args: { now: 1_763_634_424_000n } },
      });
    }
  });

  it("are refused when cut, padded, or spelled in another way", () => {
    const node = makeNode();
    const { runtimeCall } = node.runtimeAt(node.best);
    const whole = sign(node, alice, remark(node, "x"));
    const refuses = (bytes: Uint8Array) =>
      expect(() => decodeExtrinsic(bytes, runtimeCall)).toThrow(
        expect.objectContaining({ code: "EXTRINSIC_INVALID" }),
      );
    for (let length = 0; length < whole.length; length += 1) refuses(whole.subarray(0, length));
    refuses(Uint8Array.of(...whole, 0));
    // The same remark with its length written in two bytes instead of one.
    refuses(encodeBare(Uint8Array.of(0, 0, 0x05, 0x00, 1)));
    refuses(encodeBare(fromHex("0xffff")));
    refuses(Uint8Array.of(0x08, 0x84, 0x00));
  });
});

describe("eras", () => {
  it.each([
    [64, 1000, "0x8502"],
    [16, 1000, "0x8300"],
  ])("of %i blocks at block %i are %s", (period, current, hex) => {
    const era = mortalEra(period, current);
    expect(toHex(encodeEra(era))).toBe(hex);
    expect(decodeEra(fromHex(hex))).toEqual({ era, length: 2 });
    expect(birthOf(era, current)).toBe(1000);
  });

  it("begin at the last block of their phase", () => {
    const era = { kind: "mortal", period: 64, phase: 40 } as const;
    expect(birthOf(era, 40)).toBe(40);
    expect(birthOf(era, 103)).toBe(40);
    expect(birthOf(era, 104)).toBe(104);
  });

  it("with a phase beyond their period are malformed", () => {
    expect(decodeEra(Uint8Array.of(0x01, 0x00))).toEqual({
      era: { kind: "mortal", period: 4, phase: 0 },
      length: 2,
    });
    expect(decodeEra(Uint8Array.of(0x41, 0x00))).toBeUndefined();
  });
});
