import {
  encodeCommitment,
  encodeLogCommitment,
  encodeScoresCommitment,
  familiesRoot,
  MAX_FIELD_BYTES,
  parseCommitment,
  parseLogCommitment,
  parseScoresCommitment,
  saltedHash,
  scoresHash,
  scoresPreimage,
  toFamilyId,
} from "@neurond/ledger";
import { domainHash, type RunId, toHex, toRunId } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alice, aliceHotkey, bobHotkey } from "./samples.ts";
import vectors from "./vectors/commitment.json" with { type: "json" };

const runId = toRunId(vectors.run);
const family = toFamilyId(vectors.family);
const hash = vectors.hash;
const scored = { run_id: runId, family_id: family, scores: vectors.scores };

describe("the scores hash", () => {
  test("is that of the vectors, whatever the order of the scores", () => {
    const preimage = scoresPreimage(scored);
    expect(preimage).toHaveLength(vectors.preimageBytes);
    expect(preimage.indexOf(bobHotkey)).toBeLessThan(preimage.indexOf(aliceHotkey));
    expect(scoresHash(scored)).toBe(vectors.hash);
    const reversed = Object.fromEntries(Object.entries(vectors.scores).reverse());
    expect(scoresHash({ ...scored, scores: reversed })).toBe(vectors.hash);
    expect(scoresHash({ ...scored, scores: {} })).toBe(vectors.emptyHash);
  });

  test("changes with run, family, miner and score", () => {
    const hashes = [
      scored,
      { ...scored, run_id: toRunId("run-8") },
      { ...scored, family_id: toFamilyId("other") },
      { ...scored, scores: { ...vectors.scores, [aliceHotkey]: 500_001 } },
      { ...scored, scores: { [aliceHotkey]: 500_000 } },
    ].map(scoresHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("salted, it is sha256(H ‖ salt ‖ hotkey), another for every salt and validator", () => {
    const salt = new Uint8Array(32).fill(9);
    const salted = saltedHash(hash, salt, aliceHotkey);
    expect(salted).toBe(bytesToHex(sha256(concatBytes(hexToBytes(hash), salt, alice.publicKey))));
    expect(saltedHash(hash, new Uint8Array(32), aliceHotkey)).not.toBe(salted);
    expect(saltedHash(hash, salt, bobHotkey)).not.toBe(salted);
  });

  test("of several families has the root of the vectors, whatever their order", () => {
    expect(familiesRoot(runId, new Map([[family, hash]]))).toBe(vectors.rootOfFamily);
    const other = [toFamilyId("alpha"), vectors.emptyHash] as const;
    const root = familiesRoot(runId, new Map([[family, hash] as const, other]));
    expect(familiesRoot(runId, new Map([other, [family, hash] as const]))).toBe(root);
    const lines = `run-7\nalpha:${vectors.emptyHash}\ngeneral_chat:${hash}\n`;
    expect(`0x${root}`).toBe(toHex(domainHash("eirel/root/v2", lines)));
  });
});

describe("a commitment to scores", () => {
  const longest = "r".repeat(47);

  test("is the text of one field", () => {
    const text = `eirel/scores/v1:run-7:${hash}`;
    expect(encodeScoresCommitment({ version: 1, runId, hash })).toBe(text);
    expect(parseScoresCommitment(text)).toEqual({ version: 1, runId, hash });
    expect(parseScoresCommitment(text.replace("v1", "v2"))).toMatchObject({ version: 2 });
  });

  test("fits a field with a run of 47 bytes and refuses one of 48", () => {
    const commitment = { version: 1 as const, runId: toRunId(longest), hash };
    expect(encodeScoresCommitment(commitment)).toHaveLength(MAX_FIELD_BYTES);
    const tooLong = { ...commitment, runId: `${longest}r` as RunId };
    expect(codeOf(() => encodeScoresCommitment(tooLong))).toBe("RUN_ID_INVALID");
    expect(parseScoresCommitment(`eirel/scores/v1:${longest}r:${hash}`)).toBeNull();
  });

  test("that is anything else is not ours", () => {
    for (const text of [
      "",
      "hello",
      `eirel/scores/v3:run-7:${hash}`,
      `eirel/scores/v1:run:7:${hash}`,
      `eirel/scores/v1:run-7:${hash.toUpperCase()}`,
      `eirel/scores/v1:run-7:${hash}0`,
      `eirel/scores/v1:run-7:${hash}\n`,
      ` eirel/scores/v1:run-7:${hash}`,
      `eirel/scores/v1::${hash}`,
    ]) {
      expect(parseScoresCommitment(text)).toBeNull();
    }
  });

  test("refuses a hash that is none", () => {
    const bad = { version: 1 as const, runId, hash: hash.slice(1) };
    expect(codeOf(() => encodeScoresCommitment(bad))).toBe("COMMITMENT_INVALID");
  });
});

describe("a commitment to a log", () => {
  test("comes back as it was, and fits a field", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (size, root) => {
          const head = { size, root: bytesToHex(root) };
          const text = encodeLogCommitment(head);
          expect(text.length).toBeLessThanOrEqual(MAX_FIELD_BYTES);
          expect(parseLogCommitment(text)).toEqual(head);
        },
      ),
    );
  });

  test("has one spelling", () => {
    for (const size of ["", "01", "-1", "1.0", "1e3", "9007199254740992", "99999999999999999"]) {
      expect(parseLogCommitment(`neurond/log/v1:${size}:${hash}`)).toBeNull();
    }
    expect(codeOf(() => encodeLogCommitment({ size: 0.5, root: hash }))).toBe("COMMITMENT_INVALID");
  });
});

test("a slot holds scores and log together, among what others write", () => {
  const scores = { version: 1 as const, runId, hash };
  const log = { size: 9, root: vectors.emptyHash };
  const fields = encodeCommitment({ scores, log });
  expect(fields).toEqual([encodeScoresCommitment(scores), encodeLogCommitment(log)]);
  expect(parseCommitment(["hello", ...fields])).toEqual({ scores, log });
  expect(parseCommitment(encodeCommitment({ log }))).toEqual({ log });
  expect(parseCommitment(["hello"])).toEqual({});
  expect(codeOf(() => encodeCommitment({}))).toBe("COMMITMENT_INVALID");
});
