import {
  checkInline,
  IntervalGate,
  type IntervalVariant,
  type RawHeaders,
  RequestSigner,
  signInterval,
} from "@neurond/epistula";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALICE, alice, BOB, bob, CHARLIE, NOW, RANDOM, withHeader } from "./context.ts";
import vectors from "./vectors/epistula.json" with { type: "json" };

const { interval } = vectors;
const END = interval.bucket * 10_000;
const headersOf = (variant: IntervalVariant): RawHeaders => [
  ["Epistula-Signed-By", interval.signedBy],
  ...interval[variant].map(
    ({ signature }, slot) => [`Epistula-Secret-Signature-${slot}`, signature] as const,
  ),
];
const all: readonly IntervalVariant[] = ["A", "B", "C"];
const gate = () => new IntervalGate({ receiver: BOB, variants: all });

describe.each(all)("variant %s", (variant) => {
  test("its vector opens the gate in its own bucket by the middle slot", async () => {
    for (const now of [END - 9999, NOW, END]) {
      const verdict = await gate().verify(headersOf(variant), now);
      expect(verdict).toEqual({ ok: true, variant, slot: 1 });
    }
  });

  test("what we sign opens the gate, and no other receiver's unless it names none", async () => {
    const headers: RawHeaders = [
      ["epistula-signed-by", ALICE],
      ...signInterval(alice, variant, interval.bucket, BOB, RANDOM),
    ];
    expect(await gate().verify(headers, NOW)).toEqual({ ok: true, variant, slot: 1 });
    const elsewhere = new IntervalGate({ receiver: CHARLIE, variants: all });
    expect((await elsewhere.verify(headers, NOW)).ok).toBe(variant === "C");
    const impostor = withHeader(headers, "Epistula-Signed-By", CHARLIE);
    expect(await gate().verify(impostor, NOW)).toEqual({ ok: false });
  });
});

test.each([
  { variant: "A", buckets: -1, slot: undefined },
  { variant: "A", buckets: 1, slot: 1 },
  { variant: "A", buckets: 2, slot: undefined },
  { variant: "B", buckets: -3, slot: undefined },
  { variant: "B", buckets: -2, slot: 0 },
  { variant: "B", buckets: -1, slot: 0 },
  { variant: "B", buckets: 1, slot: 2 },
  { variant: "B", buckets: 2, slot: 2 },
  { variant: "B", buckets: 3, slot: undefined },
] as const)("variant $variant seen $buckets buckets later: slot $slot", async (row) => {
  const verdict = await gate().verify(headersOf(row.variant), NOW + row.buckets * 10_000);
  expect(verdict).toEqual(
    row.slot === undefined ? { ok: false } : { ok: true, variant: row.variant, slot: row.slot },
  );
});

test("the variant that names no receiver is closed unless asked for", async () => {
  const usual = new IntervalGate({ receiver: BOB });
  expect(await usual.verify(headersOf("C"), NOW)).toEqual({ ok: false });
  expect(await usual.verify(headersOf("A"), NOW)).toMatchObject({ variant: "A" });
  expect(await usual.verify(headersOf("B"), NOW)).toMatchObject({ variant: "B" });
});

test("a slot altered anywhere, repeated, blank or absent does not open the gate", async () => {
  const [sender, , middle] = headersOf("A");
  if (!sender || !middle) expect.unreachable();
  const digit = fc.tuple(fc.integer({ min: 2, max: 129 }), fc.nat(15));
  await fc.assert(
    fc.asyncProperty(digit, async ([at, value]) => {
      const text = middle[1].slice(0, at) + value.toString(16) + middle[1].slice(at + 1);
      const { ok } = await gate().verify([sender, [middle[0], text]], NOW);
      expect(ok).toBe(text === middle[1]);
    }),
  );
  expect((await gate().verify([sender, middle, middle], NOW)).ok).toBe(false);
  expect((await gate().verify([sender, [middle[0], ""]], NOW)).ok).toBe(false);
  expect((await gate().verify([sender], NOW)).ok).toBe(false);
  expect((await gate().verify([middle], NOW)).ok).toBe(false);
});

test("a valid signature is checked once, and still opens nothing once its time is over", async () => {
  let checks = 0;
  const counting = new IntervalGate({
    receiver: BOB,
    variants: ["A"],
    check: (...given) => {
      checks += 1;
      return checkInline(...given);
    },
  });
  const seen = async (now: number) => {
    const { ok } = await counting.verify(headersOf("A"), now);
    return { ok, checks };
  };
  expect(await seen(NOW)).toEqual({ ok: true, checks: 1 });
  expect(await seen(END)).toEqual({ ok: true, checks: 1 });
  expect(await seen(END + 10_000)).toEqual({ ok: true, checks: 1 });
  expect(await seen(END + 10_001)).toEqual({ ok: false, checks: 3 });
});

test("what was found valid is not checked again, whichever variant comes first", async () => {
  let checks = 0;
  const counting = new IntervalGate({
    receiver: BOB,
    variants: all,
    check: (...given) => {
      checks += 1;
      return checkInline(...given);
    },
  });
  for (const variant of ["B", "C", "B", "C"] as const) {
    expect(await counting.verify(headersOf(variant), NOW)).toMatchObject({ variant });
  }
  // Two of A in vain and the first of B; two of A and nine of B in vain and the first of C.
  expect(checks).toBe(3 + 12);
});

test("a signer reuses the three signatures of a receiver until the bucket ends", () => {
  const signer = new RequestSigner({ key: alice, interval: "B" });
  const at = (now: number, receiver = BOB, random = RANDOM) =>
    signer
      .sign({
        method: "GET",
        target: "/",
        bodySha256: sha256(new Uint8Array(0)),
        receiver,
        now,
        random,
      })
      .filter(([name]) => name.startsWith("Epistula-Secret-"));
  const first = at(NOW);
  expect(first).toHaveLength(3);
  expect(at(END, BOB, new Uint8Array(32).fill(1))).toEqual(first);
  expect(at(END + 1)).not.toEqual(first);
  expect(at(NOW, CHARLIE)).not.toEqual(first);
});

test("keys that are not sr25519's sign no interval", () => {
  const foreign = {
    scheme: "ed25519",
    publicKey: bob.publicKey,
    sign: () => new Uint8Array(64),
  } as const;
  expect(() => signInterval(foreign, "A", 1, BOB, RANDOM)).toThrow(/sr25519/);
});
