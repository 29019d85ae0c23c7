import { type Checkpoint, StreamSigner, StreamVerifier } from "@neurond/epistula";
import { codeOf as thrownCode } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALICE, BOB, bob, CHARLIE, RANDOM } from "./context.ts";

const of = { request: "1752076800000000000", requester: ALICE };
const stream = { ...of, responder: BOB };
const random = () => RANDOM;

type Sent = { readonly frame: Uint8Array } | { readonly checkpoint: Checkpoint };

/** What goes over the wire. */
function send(frames: readonly Uint8Array[], every: number): Sent[] {
  const signer = new StreamSigner(bob, of, every);
  const sent: Sent[] = [];
  for (const frame of frames) {
    sent.push({ frame });
    const checkpoint = signer.push(frame, random);
    if (checkpoint) sent.push({ checkpoint });
  }
  return [...sent, { checkpoint: signer.end(random) }];
}

/** Whether a reader holds all of a stream for proven. */
async function isProven(sent: readonly Sent[], read = stream): Promise<boolean> {
  const verifier = new StreamVerifier(read);
  for (const part of sent) {
    if ("frame" in part) verifier.push(part.frame);
    else await verifier.check(part.checkpoint);
  }
  return verifier.isComplete;
}

const same = (left: Sent, right: Sent) => JSON.stringify(left) === JSON.stringify(right);
const frames = fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 9 });
const every = fc.integer({ min: 1, max: 4 });

describe("a proven stream", () => {
  test("is complete when it arrives as it was sent", async () => {
    await fc.assert(
      fc.asyncProperty(frames, every, async (said, n) => {
        expect(await isProven(send(said, n))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("tells early what is proven so far", async () => {
    const sent = send(
      [1, 2, 3].map((byte) => Uint8Array.of(byte)),
      2,
    );
    const verifier = new StreamVerifier(stream);
    const verdicts = [];
    for (const part of sent) {
      if ("frame" in part) verifier.push(part.frame);
      else verdicts.push(await verifier.check(part.checkpoint));
    }
    expect(verdicts).toEqual([
      { kind: "proven", frames: 2, complete: false },
      { kind: "proven", frames: 3, complete: true },
    ]);
  });

  test("is broken by a frame dropped, repeated, moved, altered or added, and by an early end", async () => {
    const edits = fc.constantFrom("drop", "repeat", "swap", "alter", "add", "cut");
    await fc.assert(
      fc.asyncProperty(frames, every, edits, fc.nat(), async (said, n, edit, where) => {
        const sent = send(said, n);
        const places = sent.flatMap((part, index) => ("frame" in part ? [index] : []));
        const at = places[where % places.length] ?? 0;
        const part = sent[at];
        if (!part || !("frame" in part)) throw new Error("no frame");
        const edited = [...sent];
        if (edit === "drop") edited.splice(at, 1);
        if (edit === "repeat") edited.splice(at, 0, part);
        if (edit === "alter") edited[at] = { frame: Uint8Array.of(...part.frame, 0) };
        if (edit === "add") edited.push({ frame: Uint8Array.of() });
        if (edit === "cut") edited.length = at;
        if (edit === "swap") {
          const to = places[(where + 1) % places.length] ?? 0;
          const other = sent[to];
          fc.pre(other !== undefined && !same(part, other));
          if (other) [edited[at], edited[to]] = [other, part];
        }
        expect(await isProven(edited)).toBe(false);
      }),
      { numRuns: 120 },
    );
  });

  test("is broken when its last checkpoint is missing, or one says end where more follows", async () => {
    const sent = send([Uint8Array.of(1), Uint8Array.of(2)], 1);
    expect(await isProven(sent.slice(0, -1))).toBe(false);
    const lying = sent.map((part) =>
      "checkpoint" in part ? { checkpoint: { ...part.checkpoint, end: true } } : part,
    );
    expect(await isProven(lying)).toBe(false);
  });

  test("answers one request by one responder to one caller", async () => {
    const sent = send([Uint8Array.of(1)], 1);
    for (const other of [{ request: "2" }, { requester: CHARLIE }, { responder: CHARLIE }]) {
      expect(await isProven(sent, { ...stream, ...other })).toBe(false);
    }
  });

  test("may have no frames at all", async () => {
    expect(await isProven(send([], 3))).toBe(true);
  });

  test("has a request of one line and checkpoints at whole distances", () => {
    const made = (request: string, n: number) => () => new StreamSigner(bob, { ...of, request }, n);
    for (const wrong of [made("", 1), made("a\nb", 1), made("1", 0), made("1", 1.5)]) {
      expect(thrownCode(wrong)).toBe("SIGN_INPUT_INVALID");
    }
  });
});
