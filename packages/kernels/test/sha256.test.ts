import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HEAP_BASE, loadSha256Kernel, SHA256_CONSTANTS } from "../src/index.ts";

const MAX_LENGTH = 118;
const COUNT = 9;
const MESSAGES = HEAP_BASE;
/** Room for a multiple of four. */
const ROOM = 12;
const STRIDE = 40;
const OUTPUTS = MESSAGES + ROOM * MAX_LENGTH + 8;
const SCRATCH = OUTPUTS + ROOM * STRIDE;
const CONSTANTS = SCRATCH + 1536;

test("messages of every length and number are hashed as the platform hashes them", () => {
  const kernel = loadSha256Kernel(CONSTANTS + SHA256_CONSTANTS.byteLength - HEAP_BASE);
  if (kernel === null) throw new Error("this machine has no SIMD");
  const memory = Buffer.from(kernel.memory.buffer);
  new Uint32Array(kernel.memory.buffer, CONSTANTS).set(SHA256_CONSTANTS);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: MAX_LENGTH }),
      fc.integer({ min: 1, max: COUNT }),
      fc.nat(255),
      fc.uint8Array({ minLength: COUNT * MAX_LENGTH, maxLength: COUNT * MAX_LENGTH }),
      (length, count, prefix, noise) => {
        memory.set(noise, MESSAGES);
        const { hashShort } = kernel.functions;
        hashShort(prefix, MESSAGES, count, length, OUTPUTS, STRIDE, CONSTANTS, SCRATCH);
        for (let at = 0; at < count; at += 1) {
          const message = noise.subarray(at * length, (at + 1) * length);
          const expected = createHash("sha256").update(Uint8Array.of(prefix)).update(message);
          const output = OUTPUTS + at * STRIDE;
          expect(memory.toString("hex", output, output + 32)).toBe(expected.digest("hex"));
        }
      },
    ),
    { numRuns: 500 },
  );
});
