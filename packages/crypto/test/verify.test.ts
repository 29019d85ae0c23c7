import {
  keypairFromSeed,
  type Scheme,
  type Verify,
  verifyEd25519,
  verifySr25519,
  verifySr25519Fast,
} from "@neurond/crypto";
import { fromHex } from "@neurond/primitives";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import ed25519Vectors from "./vectors/ed25519.json" with { type: "json" };
import sr25519Vectors from "./vectors/sr25519.json" with { type: "json" };

const implementations: { name: string; scheme: Scheme; verify: Verify }[] = [
  { name: "verifySr25519", scheme: "sr25519", verify: verifySr25519 },
  { name: "verifySr25519Fast", scheme: "sr25519", verify: verifySr25519Fast },
  { name: "verifyEd25519", scheme: "ed25519", verify: verifyEd25519 },
];

const anySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyMessage = fc.uint8Array({ maxLength: 100 });
const few = { numRuns: 25 };

describe.each(implementations)("$name", ({ scheme, verify }) => {
  const keypair = keypairFromSeed(new Uint8Array(32).fill(7), scheme);
  const message = Uint8Array.of(1, 2, 3);
  const signature = keypair.sign(message);

  // A panic inside the WebAssembly module prints its stack there.
  beforeEach(() => {
    vi.spyOn(console, "error");
  });
  afterEach(() => {
    expect(console.error).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test.each(scheme === "sr25519" ? sr25519Vectors : ed25519Vectors)(
    "accepts the published signature of $message",
    (row) => {
      const [key, text, proof] = [row.publicKey, row.message, row.signature].map(fromHex);
      if (!key || !text || !proof) expect.unreachable();
      expect(verify(key, text, proof)).toBe(true);
    },
  );

  test("accepts what a keypair signs, under its own key only", () => {
    fc.assert(
      fc.property(anySeed, anyMessage, (seed, anything) => {
        const signer = keypairFromSeed(seed, scheme);
        const proof = signer.sign(anything);
        expect(verify(signer.publicKey, anything, proof)).toBe(true);
        expect(verify(keypair.publicKey, anything, proof)).toBe(false);
      }),
      few,
    );
  });

  test("refuses a flipped bit anywhere in key, message or signature", () => {
    const parts = [keypair.publicKey, message, signature];
    const anyBit = fc
      .nat(2)
      .chain((part) => fc.tuple(fc.constant(part), fc.nat((parts[part]?.length ?? 1) * 8 - 1)));
    fc.assert(
      fc.property(anyBit, ([part, bit]) => {
        const [key, text, proof] = parts.map((bytes, index) =>
          index === part ? flip(bytes, bit) : bytes,
        );
        if (!key || !text || !proof) expect.unreachable();
        expect(verify(key, text, proof)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test("answers false, without a throw or a panic, to bytes of any length and content", () => {
    const anyBytes = (length: number) =>
      fc.oneof(
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.uint8Array({ maxLength: length + 2 }),
        fc.nat(255).map((byte) => new Uint8Array(length).fill(byte)),
      );
    fc.assert(
      fc.property(anyBytes(32), anyBytes(64), (key, proof) => {
        expect(verify(key, message, proof)).toBe(verify === verifyEd25519 && isNeutral(key, proof));
        expect(verify(keypair.publicKey, message, proof)).toBe(false);
        expect(verify(key, message, signature)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test("leaves Node buffers, whose slice is a view, as they were", () => {
    const buffers = [keypair.publicKey, message, signature].map((bytes) => Buffer.from(bytes));
    const [key, text, proof] = buffers;
    if (!key || !text || !proof) expect.unreachable();
    expect(verify(key, text, proof)).toBe(true);
    expect(buffers.map((buffer) => new Uint8Array(buffer))).toEqual([
      keypair.publicKey,
      message,
      signature,
    ]);
  });

  test("reads bytes that are a view into a larger buffer", () => {
    const frame = new Uint8Array([9, ...signature, 9]);
    expect(verify(keypair.publicKey, message, frame.subarray(1, 65))).toBe(true);
  });
});

describe.each(implementations.slice(0, 2))("$name fails closed on", ({ verify }) => {
  const keypair = keypairFromSeed(new Uint8Array(32).fill(7));
  const message = Uint8Array.of(1, 2, 3);
  const signature = keypair.sign(message);
  const patched = (at: number, ...bytes: number[]) => {
    const copy = signature.slice();
    copy.set(bytes, at);
    return copy;
  };

  test("the zero key, for which anybody can sign", () => {
    // s·B = R + k·0 holds for s = 1 and R = B, whatever the message.
    const base = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    const forged = Uint8Array.of(...fromHex(base), 1, ...new Uint8Array(30), 0x80);
    expect(verify(new Uint8Array(32), message, forged)).toBe(false);
  });

  test("a signature without the schnorrkel marker", () => {
    expect(verify(keypair.publicKey, message, patched(63, (signature[63] ?? 0) & 0x7f))).toBe(
      false,
    );
  });

  test("a scalar that is zero or not reduced", () => {
    const zero = patched(32, ...new Uint8Array(31), 0x80);
    expect(verify(keypair.publicKey, message, zero)).toBe(false);
    const order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    const reduced = patched(32, ...fromHex(order));
    reduced[63] = 0x90;
    expect(verify(keypair.publicKey, message, reduced)).toBe(false);
  });

  test("an R that is no point", () => {
    expect(verify(keypair.publicKey, message, patched(0, ...new Uint8Array(32).fill(255)))).toBe(
      false,
    );
  });
});

test("ed25519 accepts what ZIP 215 accepts, so that it agrees with the chain's nodes", () => {
  const neutral = Uint8Array.of(1, ...new Uint8Array(31));
  const proof = Uint8Array.of(1, ...new Uint8Array(63));
  expect(verifyEd25519(neutral, Uint8Array.of(5), proof)).toBe(true);
});

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

/** Small-order keys sign for anybody under ZIP 215; the fuzz meets them as constant bytes. */
function isNeutral(key: Uint8Array, proof: Uint8Array): boolean {
  return verifyEd25519(key, Uint8Array.of(0), proof) && verifyEd25519(key, Uint8Array.of(1), proof);
}
