import { type RawHeaders, RequestSigner } from "@neurond/epistula";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ALICE,
  alice,
  BOB,
  charlie,
  enter,
  forgetful,
  NOW,
  policyOf,
  request,
  toSign,
} from "./context.ts";
import { isStillSigned } from "./independent-model.ts";

const body = Uint8Array.of(1, 2, 3);
const sign = (key = alice, now = NOW) =>
  new RequestSigner({ key, interval: "none" }).sign(toSign(body, now));
const original = sign();
const nonces = ["X-Bittensor-Nonce", "Epistula-Uuid"].map(
  (name) => original.find(([other]) => other === name)?.[1],
);
const policy = policyOf({ replay: forgetful });

/** Lets in exactly what the model calls signed, and only as what was signed. */
async function expectModel(headers: RawHeaders): Promise<boolean> {
  const outcome = await enter(request(headers, { body }), policy);
  const signed = isStillSigned(original, headers);
  expect([outcome.kind, headers]).toEqual([signed ? "admitted" : "refused", headers]);
  if (outcome.kind === "refused") return false;
  const { hotkey, receiver, nonce, signedAtMs } = outcome.principal;
  expect({ hotkey, receiver, signedAtMs }).toEqual({
    hotkey: ALICE,
    receiver: BOB,
    signedAtMs: NOW,
  });
  expect(nonces).toContain(nonce);
  return true;
}

type Change = (header: readonly [string, string]) => RawHeaders;

const drop: Change = () => [];
const repeat: Change = (header) => [header, header];
const blank: Change = ([name]) => [[name, ""]];
const space: Change = ([name]) => [[name, " "]];

test.each([
  { what: "dropped", change: drop },
  { what: "repeated", change: repeat },
  { what: "blanked", change: blank },
  { what: "blanked to a space", change: space },
])(
  "of all subsets of headers $what, those are let in that leave a whole signature",
  async ({ change }) => {
    let admitted = 0;
    for (let subset = 0; subset < 2 ** original.length; subset += 1) {
      const headers = original.flatMap((header, index) =>
        (subset >> index) & 1 ? change(header) : [header],
      );
      if (await expectModel(headers)) admitted += 1;
    }
    // The model is not vacuous: both signatures whole, and at least one left in some subsets.
    expect(admitted).toBeGreaterThan(0);
    expect(admitted).toBeLessThan(2 ** original.length / 16);
  },
  60_000,
);

const anyCharacter = fc.oneof(
  fc.constantFrom(
    "\r",
    "\n",
    "\0",
    "\t",
    " ",
    ",",
    ".",
    "-",
    "0",
    "f",
    "F",
    "X",
    "\u212a",
    "é",
    "٣",
  ),
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
);
const alteration = fc.record({
  kind: fc.constantFrom("replace", "insert", "delete"),
  at: fc.nat(),
  character: anyCharacter,
});
type Alteration = typeof alteration extends fc.Arbitrary<infer T> ? T : never;

function alter(text: string, { kind, at, character }: Alteration): string {
  const index = at % (text.length + (kind === "insert" ? 1 : 0) || 1);
  const rest = text.slice(kind === "insert" ? index : index + 1);
  return text.slice(0, index) + (kind === "delete" ? "" : character) + rest;
}

const other = sign(charlie, NOW + 1);
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Change>((header) => [header]) },
  { weight: 2, arbitrary: fc.constantFrom(drop, repeat, blank, space) },
  {
    weight: 3,
    arbitrary: alteration.map<Change>((change) => ([name, value]) => [
      [name, alter(value, change)],
    ]),
  },
  { weight: 1, arbitrary: fc.constant<Change>(([name, value]) => [[name.toUpperCase(), value]]) },
  {
    weight: 1,
    arbitrary: fc.constant<Change>(([name]) => other.filter(([named]) => named === name)),
  },
);

test("headers dropped, repeated, blanked, altered, exchanged and shuffled are let in only when signed", async () => {
  const anyHeaders = fc
    .tuple(...original.map((header) => anyChange.map((change) => change(header))))
    .chain((lists) => {
      const headers = lists.flat();
      return fc.shuffledSubarray(headers, { minLength: headers.length, maxLength: headers.length });
    });
  let admitted = 0;
  await fc.assert(
    fc.asyncProperty(anyHeaders, async (headers) => {
      // All of a half exchanged at once is a request of the other's, and rightly let in as theirs.
      fc.pre(!isStillSigned(other, headers));
      if (await expectModel(headers)) admitted += 1;
    }),
    { numRuns: 5000 },
  );
  expect(admitted).toBeGreaterThan(10);
}, 60_000);

const isBtauth = ([name]: readonly [string, string]) => name.startsWith("X-Bittensor");

test.each([
  { half: "both halves", headers: original },
  { half: "the btauth half", headers: original.filter(isBtauth) },
  { half: "the Epistula half", headers: original.filter((header) => !isBtauth(header)) },
])(
  "$half with one character altered in any header is let in only when still signed",
  async ({ headers }) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(headers.length - 1), alteration, async (index, change) => {
        await expectModel(
          headers.map(([name, value], at) => [name, at === index ? alter(value, change) : value]),
        );
      }),
      { numRuns: 2000 },
    );
  },
  60_000,
);

test("headers nobody signed are never let in", async () => {
  const anyValue = fc.oneof(
    fc.constantFrom(...original.map(([, value]) => value)),
    fc.string(),
    fc.constant(`0x${"00".repeat(64)}`),
  );
  const anyName = fc.constantFrom(...original.map(([name]) => name), "Body-Signature", "X-Other");
  const unsigned = fc.array(fc.tuple(anyName, anyValue), { maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(unsigned, async (headers) => {
      const outcome = await enter(request(headers, { body }), policy);
      if (!isStillSigned(original, headers)) expect(outcome.kind).toBe("refused");
    }),
    { numRuns: 3000 },
  );
}, 60_000);
