import { encodeScalar, pedersenSuite } from "@neurond/crypto";
import { fromHex, hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { challengeSeed, MODE } from "../../src/index.ts";
import {
  blockBytes,
  blocksOf,
  openedBlocks,
  openingBytes,
  openingCoefficients,
  openingParams,
  openingStatement,
  proveOpening,
  VectorCommitter,
  verifyOpening,
} from "../../src/opening/index.ts";
import { OpeningTranscript } from "../../src/opening/transcript.ts";
import { dataNamed, flipped } from "../test-data.ts";
import vectors from "../vectors/opening.json" with { type: "json" };

const { identity, chain, openings } = vectors;
const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const parties = {
  netuid: toNetuid(identity.netuid),
  validator: hotkeyOf(fromHex(identity.validator)),
  miner: hotkeyOf(fromHex(identity.miner)),
};

describe.each(openings)("suite $suite, $s sectors, $size bytes", (vector) => {
  const suite = pedersenSuite(vector.suite === 1 ? 1 : 2);
  const { s: sectors, c: wanted, size } = vector;
  const data = dataNamed(vector.data, size);
  const shardId = fromHex(vector.shardId);
  const blinding = vector.blindKey === null ? null : { key: fromHex(vector.blindKey), shardId };
  const committer = new VectorCommitter({ suite, sectors, blinding });
  committer.update(data);
  const { commitments, root } = committer.finish();
  const seed = challengeSeed({
    ...parties,
    run: identity.run,
    slot: vector.slot,
    mode: MODE.opening,
    params: openingParams({ suite: suite.id, sectors, wanted, shardId }),
    inventoryDigest: fromHex(vector.inventoryDigest),
    beaconBlock: chain.block,
    beacon: fromHex(chain.beacon),
    prevLink: fromHex(vector.prevLink),
  });
  const positions = openedBlocks(seed, blocksOf(size, sectors), wanted);
  const statement = openingStatement({
    suite,
    sectors,
    seed,
    vectorRoot: root,
    positions,
    commitments: positions.map((position) => commitments[position] ?? new Uint8Array()),
  });
  if (statement === null) throw new Error("a commitment is no point");
  const blockAt = (position: number) =>
    data.subarray(position * blockBytes(sectors), (position + 1) * blockBytes(sectors));
  const randomness = fromHex(vector.proverRandomness);
  const prove = (blocks: readonly Uint8Array[]) =>
    proveOpening(statement, { blocks, blinding, randomness });
  const proof = prove(positions.map(blockAt));

  test("blocks, commitments and their root are the published ones", () => {
    expect(commitments.length).toBe(vector.blocks);
    expect(commitments.map(hex)).toEqual(vector.commitments);
    expect(hex(root)).toBe(vector.vecRoot);
  });

  test("seed, positions, coefficients and statement are the published ones", () => {
    expect(hex(seed)).toBe(vector.seed);
    expect(positions).toEqual(vector.positions);
    const coefficients = openingCoefficients(seed, positions.length);
    expect(coefficients.map((each) => hex(encodeScalar(each).subarray(16)))).toEqual(
      vector.coefficients,
    );
    expect(hex(statement.sum.encode())).toBe(vector.P);
    expect(hex(statement.digest)).toBe(vector.statement);
  });

  test("the proof is the published one to the byte, and passes", () => {
    expect(hex(proof)).toBe(vector.proof);
    expect(proof.length).toBe(openingBytes(suite, sectors));
    expect(verifyOpening(statement, proof)).toBeNull();
  });

  test("the challenges of its transcript are the published ones", () => {
    const w = suite.pointBytes;
    const pointAt = (at: number) => suite.decode(proof.subarray(at, at + w)) ?? suite.identity;
    const transcript = new OpeningTranscript(statement);
    expect(hex(encodeScalar(transcript.mask(pointAt(0))))).toBe(vector.e);
    transcript.blind(BigInt(toHex(proof.subarray(w, w + 32))));
    const xs = vector.x.map((_, round) => {
      const at = w + 32 + round * 2 * w;
      return hex(encodeScalar(transcript.round(pointAt(at), pointAt(at + w))));
    });
    expect(xs).toEqual(vector.x);
  });

  test.each(vector.mutations)("$change is $reject", ({ change, reject }) => {
    expect(verifyOpening(statement, mutated(change))).toBe(reject);
  });

  function mutated(change: string): Uint8Array {
    const w = suite.pointBytes;
    const place = /^xor 1 at (\d+|last byte)/.exec(change)?.[1];
    if (place !== undefined) return flipped(proof, place === "last byte" ? -1 : Number(place));
    const withMask = (mask: Uint8Array) => concatBytes(mask, proof.subarray(w));
    switch (change) {
      case "zeta := group order":
        return concatBytes(proof.subarray(0, w), encodeScalar(suite.order), proof.subarray(w + 32));
      case "A := bytes ff":
        return withMask(new Uint8Array(w).fill(0xff));
      case "append byte 0":
        return concatBytes(proof, new Uint8Array(1));
      case "swap L_1 and R_1": {
        const [from, middle, to] = [w + 32, 2 * w + 32, 3 * w + 32];
        return concatBytes(
          proof.subarray(0, from),
          proof.subarray(middle, to),
          proof.subarray(from, middle),
          proof.subarray(to),
        );
      }
      case "A := identity encoding (32 zero bytes; 33 for P-256)":
        return withMask(new Uint8Array(w));
      case "proved over data with the lowest bit of sector 0 of the last position flipped": {
        const blocks = positions.map(blockAt);
        return prove([...blocks.slice(0, -1), flipped(blocks.at(-1) ?? data, 0)]);
      }
      default:
        throw new Error(`a mutation that is not known here: ${change}`);
    }
  }
});

test("proofs have the stated sizes", () => {
  const sizes = ([1, 2] as const).map((id) =>
    [4, 64, 1024].map((sectors) => openingBytes(pedersenSuite(id), sectors)),
  );
  expect(sizes).toEqual([
    [229, 493, 757],
    [224, 480, 736],
  ]);
});
