import {
  decodeContainer,
  drandKeyFromSeed,
  encodeContainer,
  encodeWeightsPayload,
  keypairFromUri,
  QUICKNET,
  signRound,
  timelockDecrypt,
  timelockEncrypt,
} from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/timelock.json" with { type: "json" };

const secrets = {
  key: new Uint8Array(32).fill(vectors.keyByte),
  sigma: new Uint8Array(32).fill(vectors.sigmaByte),
  nonce: new Uint8Array(12).fill(vectors.nonceByte),
};
const quicknet = { ...secrets, round: vectors.round, publicKey: QUICKNET.publicKey };
const signature = fromHex(vectors.signature);
const blake256 = (bytes: Uint8Array) => toHex(blake2b(bytes, { dkLen: 32 }));
const xor = (a: Uint8Array, b: Uint8Array) => a.map((byte, index) => byte ^ (b[index] ?? 0));

describe("the text encrypted for quicknet's round 1000", () => {
  const plaintext = utf8ToBytes(vectors.text.plaintext);
  const container = timelockEncrypt({ ...quicknet, plaintext });

  test("is the container the chain's own code makes, byte for byte", () => {
    expect(container).toHaveLength(vectors.text.bytes);
    expect(toHex(sha256(container))).toBe(vectors.text.sha256);
    expect(blake256(container)).toBe(vectors.text.blake2);
  });

  test("has the published fields", () => {
    const { u, v, w, sealed, nonce } = decodeContainer(container);
    expect([u, v, w, sealed].map(toHex)).toEqual([
      vectors.u,
      vectors.v,
      vectors.w,
      vectors.text.sealed,
    ]);
    expect(nonce).toEqual(secrets.nonce);
    expect(toHex(xor(v, secrets.sigma))).toBe(vectors.targetHash);
    expect(toHex(xor(w, sha256(secrets.sigma)))).toBe(toHex(secrets.key));
  });

  test("opens with the round's real signature", () => {
    expect(timelockDecrypt(container, signature)).toEqual(plaintext);
  });
});

test("the weights of //Alice for round 1000 are the container the chain's own code makes", () => {
  const { uids, values, bytes, blake2, body } = vectors.weights;
  const { publicKey } = keypairFromUri("//Alice");
  const plaintext = encodeWeightsPayload({ publicKey, uids, values, versionKey: 0n });
  const container = timelockEncrypt({ ...quicknet, plaintext });
  expect(container).toHaveLength(bytes);
  expect(toHex(container.subarray(176))).toBe(body);
  expect(blake256(container)).toBe(blake2);
  expect(timelockDecrypt(container, signature)).toEqual(plaintext);
});

describe("a timelock", () => {
  const local = drandKeyFromSeed(Uint8Array.of(7));
  const pulse = signRound(local.secret, 5);
  const plaintext = utf8ToBytes("weights");
  const input = { ...secrets, plaintext, round: 5, publicKey: local.publicKey };
  const container = timelockEncrypt(input);

  test("opens what it closed, for any text, randomness and round", () => {
    const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const anyInput = fc.record({
      plaintext: fc.uint8Array({ maxLength: 200 }),
      key: anyBytes(32),
      sigma: anyBytes(32),
      nonce: anyBytes(12),
      round: fc.bigInt(1n, 2n ** 64n - 1n),
    });
    fc.assert(
      fc.property(anyInput, (any) => {
        const closed = timelockEncrypt({ ...any, publicKey: local.publicKey });
        expect(closed).toHaveLength(any.plaintext.length + 244);
        expect(timelockDecrypt(closed, signRound(local.secret, any.round))).toEqual(any.plaintext);
      }),
      { numRuns: 10 },
    );
  });

  test("never opens with a flipped bit", () => {
    fc.assert(
      fc.property(fc.nat(container.length * 8 - 1), (bit) => {
        const altered = container.slice();
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(codeOf(() => timelockDecrypt(altered, pulse))).toMatch(/^TIMELOCK_/);
      }),
      { numRuns: 60 },
    );
  });

  test("stays closed to another round and to another network", () => {
    const otherRound = signRound(local.secret, 6);
    expect(codeOf(() => timelockDecrypt(container, otherRound))).toBe("TIMELOCK_WRONG_ROUND");
    expect(codeOf(() => timelockDecrypt(container, signature))).toBe("TIMELOCK_WRONG_ROUND");
  });

  test("opens from Node buffers, whose slice is a view, and leaves them as they were", () => {
    const [closed, opener] = [Buffer.from(container), Buffer.from(pulse)];
    expect(new Uint8Array(timelockDecrypt(closed, opener))).toEqual(plaintext);
    expect(closed).toEqual(Buffer.from(container));
    expect(opener).toEqual(Buffer.from(pulse));
  });

  test("names what was altered", () => {
    const fields = decodeContainer(container);
    const with_ = (change: object) => encodeContainer({ ...fields, ...change });
    const cases = {
      TIMELOCK_TAMPERED: with_({ sealed: fields.sealed.toReversed() }),
      TIMELOCK_WRONG_ROUND: with_({ v: fields.w }),
      TIMELOCK_MALFORMED: with_({ u: new Uint8Array(96) }),
    };
    for (const [code, altered] of Object.entries(cases)) {
      expect(codeOf(() => timelockDecrypt(altered, pulse))).toBe(code);
    }
  });

  test("refuses a signature that is no point, or infinity", () => {
    const infinity = Uint8Array.of(0xc0, ...new Uint8Array(47));
    for (const bytes of [new Uint8Array(0), new Uint8Array(48), infinity, pulse.slice(1)]) {
      expect(codeOf(() => timelockDecrypt(container, bytes))).toBe("TIMELOCK_SIGNATURE_INVALID");
    }
  });

  test("refuses infinity as U", () => {
    const infinity = Uint8Array.of(0xc0, ...new Uint8Array(95));
    const altered = encodeContainer({ ...decodeContainer(container), u: infinity });
    expect(codeOf(() => timelockDecrypt(altered, pulse))).toBe("TIMELOCK_MALFORMED");
  });

  test("refuses randomness of the wrong length and a key that is no point", () => {
    const short = new Uint8Array(11);
    for (const wrong of [
      { key: short },
      { sigma: short },
      { nonce: short },
      { publicKey: short },
    ]) {
      expect(codeOf(() => timelockEncrypt({ ...input, ...wrong }))).toBe("TIMELOCK_INPUT_INVALID");
    }
  });

  test("refuses a round that cannot be", () => {
    expect(codeOf(() => timelockEncrypt({ ...input, round: 0 }))).toBe("VALUE_OUT_OF_RANGE");
  });
});

describe("a container", () => {
  test("that is short, long or of another layout is malformed", () => {
    const container = timelockEncrypt({ ...quicknet, plaintext: new Uint8Array(0) });
    expect(container).toHaveLength(244);
    const wrong = [
      new Uint8Array(0),
      container.slice(0, -1),
      container.slice(1),
      new Uint8Array([...container, 0]),
      new Uint8Array(container.length),
    ];
    for (const bytes of wrong) {
      expect(codeOf(() => decodeContainer(bytes))).toBe("TIMELOCK_MALFORMED");
    }
  });

  test("is read as it was written, or refused with a code, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(() => decodeContainer(bytes))).toBe("TIMELOCK_MALFORMED");
      }),
    );
  });
});
