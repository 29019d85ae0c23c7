import { createHash } from "node:crypto";
import { RunningProof } from "@neurond/epistula";
import { concatBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALICE, BOB, bob, CHARLIE, NOW, RANDOM, UUID } from "./context.ts";

const btauth = { status: 200, nonce: "1752076800000000000", requester: ALICE };
const epistula = { uuid: UUID, timestamp: String(NOW) };

const proofOf = (chunks: readonly Uint8Array[], proof = new RunningProof()) => {
  for (const chunk of chunks) proof.push(chunk);
  return proof;
};

describe("the trailer of a stream", () => {
  test("proves its bytes, however they were cut and by whatever they were hashed", async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chunks, async (sent) => {
        const [, value] = proofOf(sent).signBtauth(bob, btauth, RANDOM);
        const received = proofOf([concatBytes(...sent)], new RunningProof(createHash("sha256")));
        const answer = { ...btauth, responder: BOB };
        expect(await received.verifyBtauth(answer, value)).toBe(true);
        expect(await received.verifyBtauth({ ...answer, status: 206 }, value)).toBe(false);
        expect(await received.verifyBtauth({ ...answer, requester: CHARLIE }, value)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test("proves nothing of bytes dropped, added, altered or reordered", async () => {
    const sent = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)];
    const [one, two, three] = sent as [Uint8Array, Uint8Array, Uint8Array];
    const [, value] = proofOf(sent).signEpistula(bob, epistula, RANDOM);
    const answer = { ...epistula, responder: BOB };
    expect(await proofOf(sent).verifyEpistula(answer, value)).toBe(true);
    const wrong = [
      [one, two],
      [one, three, two],
      [one, two, three, Uint8Array.of(0)],
      [one, Uint8Array.of(2), three],
      [],
    ];
    for (const chunks of wrong) {
      expect(await proofOf(chunks).verifyEpistula(answer, value)).toBe(false);
    }
  });
});
