import { keypairFromSeed } from "@neurond/crypto";
import {
  type RawHeaders,
  RequestSigner,
  type RequestSignerOptions,
  signBtauth,
  signEpistula,
} from "@neurond/epistula";
import { fromHex, hotkeyOf } from "@neurond/primitives";
import { codeOf as thrownCode } from "@neurond/testing/coded";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ALICE,
  alice,
  aliceEd25519,
  BOB,
  charlie,
  codeOf,
  enter,
  forgetful,
  NOW,
  policyOf,
  RANDOM,
  request,
  type TestRequest,
  UUID,
  withHeader,
} from "./context.ts";
import { modelPayload } from "./independent-model.ts";

const styles = [
  { name: "superset and btauth", options: {}, scheme: "btauth/1", dialect: null },
  { name: "btauth", options: { schemes: ["btauth"] }, scheme: "btauth/1", dialect: null },
  {
    name: "superset",
    options: { schemes: ["epistula"] },
    scheme: "epistula/2",
    dialect: "mixed",
  },
  {
    name: "superset without Authorization",
    options: { schemes: ["epistula"], omitAuthorization: true },
    scheme: "epistula/2",
    dialect: "v2",
  },
  {
    name: "v2",
    options: { schemes: ["epistula"], dialect: "v2" },
    scheme: "epistula/2",
    dialect: "v2",
  },
  {
    name: "dippy",
    options: { schemes: ["epistula"], dialect: "dippy" },
    scheme: "epistula/2",
    dialect: "dippy",
  },
  {
    name: "v2 with binding",
    options: { schemes: ["epistula"], dialect: "v2", binding: true },
    scheme: "epistula/2",
    dialect: "v2",
  },
] as const satisfies readonly {
  name: string;
  options: Omit<RequestSignerOptions, "key">;
  scheme: string;
  dialect: string | null;
}[];

const anySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const visible = fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x23);
const anyTarget = fc
  .array(visible, { maxLength: 60 })
  .map((codes) => `/${String.fromCharCode(...codes)}`);
const anyRequest = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "M-SEARCH"),
  target: anyTarget,
  body: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 65_536 })),
});
type AnyRequest = Pick<TestRequest, "method" | "target" | "body">;

function signed(
  options: Omit<RequestSignerOptions, "key">,
  { method, target, body }: AnyRequest,
  key = alice,
): RawHeaders {
  return new RequestSigner({ key, interval: "none", ...options }).sign({
    method,
    target,
    bodySha256: sha256(body),
    receiver: BOB,
    now: NOW,
    random: RANDOM,
  });
}

describe.each(styles)("signed as $name", ({ options, scheme, dialect }) => {
  const coversTarget = scheme === "btauth/1" || "binding" in options;
  const policy = policyOf({ replay: forgetful });

  test("any request of any key is let in as itself", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, anySeed, async (any, seed) => {
        const key = keypairFromSeed(seed);
        const outcome = await enter(request(signed(options, any, key), any), policy);
        expect(outcome).toMatchObject({
          kind: "admitted",
          principal: { hotkey: hotkeyOf(key.publicKey), scheme, dialect, coversTarget },
        });
      }),
      { numRuns: 30 },
    );
  });

  test("a flipped bit of the body is never let in", async () => {
    const withBody = anyRequest.filter(({ body }) => body.length > 0);
    await fc.assert(
      fc.asyncProperty(withBody, fc.nat(), async (any, bit) => {
        const body = any.body.slice();
        const at = (bit >> 3) % body.length;
        body[at] = (body[at] ?? 0) ^ (1 << (bit & 7));
        const sent = request(signed(options, any), { ...any, body });
        expect(await codeOf(sent, policy)).toBe("BAD_SIGNATURE");
      }),
      { numRuns: 30 },
    );
  });

  test("another method or target is let in only where neither is covered", async () => {
    const changed = coversTarget ? "BAD_SIGNATURE" : "admitted";
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.nat(), visible, async (any, at, code) => {
        const headers = signed(options, any);
        const index = 1 + (at % any.target.length);
        const target =
          any.target.slice(0, index) + String.fromCharCode(code) + any.target.slice(index + 1);
        const same = target === any.target ? "admitted" : changed;
        expect(await codeOf(request(headers, { ...any, target }), policy)).toBe(same);
        const method = any.method === "POST" ? "PATCH" : "POST";
        expect(await codeOf(request(headers, { ...any, method }), policy)).toBe(changed);
      }),
      { numRuns: 30 },
    );
  });

  test("another nonce, time or receiver of the right shape is never let in", async () => {
    const any = { method: "POST", target: "/x", body: new Uint8Array(3) };
    const headers = signed(options, any);
    const digit = fc.tuple(fc.nat(), fc.nat(9).map(String));
    const charlieToo = policyOf({
      replay: forgetful,
      receivers: [BOB, hotkeyOf(charlie.publicKey)],
    });
    const signedNames = headers
      .map(([name]) => name)
      .filter((name) =>
        (scheme === "btauth/1" ? /bittensor-(nonce|receiver)/i : /timestamp|uuid|signed-for/i).test(
          name,
        ),
      );
    expect(signedNames.length).toBe(scheme === "btauth/1" ? 2 : 3);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...signedNames), digit, async (name, [at, character]) => {
        const value = headers.find(([other]) => other === name)?.[1] ?? "";
        // Only the last digits, so that the time stays inside the window; a hyphen is no digit.
        const index = value.length - 1 - (at % 3);
        const changed = /receiver|signed-for/i.test(name)
          ? hotkeyOf(charlie.publicKey)
          : value.slice(0, index) + character + value.slice(index + 1);
        if (changed === value) return;
        const sent = request(withHeader(headers, name, changed), any);
        expect(await codeOf(sent, charlieToo)).toBe("BAD_SIGNATURE");
      }),
      { numRuns: 30 },
    );
  });
});

test("a btauth signature covers the payload as an independent reading of its description has it", () => {
  fc.assert(
    fc.property(
      anyRequest,
      fc.bigInt({ min: 10n ** 18n, max: 10n ** 19n - 1n }),
      fc.constantFrom(BOB, null),
      (any, nonce, receiver) => {
        const headers = new Map(
          signBtauth(aliceEd25519, {
            ...any,
            bodySha256: sha256(any.body),
            receiver,
            nonce,
            random: RANDOM,
          }),
        );
        const payload = modelPayload({
          ...any,
          scheme: "ed25519",
          nonce: String(nonce),
          sender: `${aliceEd25519}`,
          receiver,
        });
        // ed25519 is deterministic: equal signatures mean equal payloads.
        const expected = aliceEd25519.sign(utf8ToBytes(payload));
        expect(fromHex(headers.get("X-Bittensor-Signature") ?? "")).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

describe("RequestSigner", () => {
  const body = new Uint8Array(0);
  const toSign = {
    method: "GET",
    target: "/status",
    bodySha256: sha256(body),
    receiver: BOB,
    now: NOW,
    random: RANDOM,
  };

  test("sends both schemes and the published interval form by default", () => {
    const names = new RequestSigner({ key: alice }).sign(toSign).map(([name]) => name);
    expect(names).toEqual([
      "X-Bittensor-Version",
      "X-Bittensor-Hotkey",
      "X-Bittensor-Receiver",
      "X-Bittensor-Nonce",
      "X-Bittensor-Signature",
      "Epistula-Timestamp",
      "Epistula-Uuid",
      "Epistula-Signed-By",
      "Epistula-Signed-For",
      "Epistula-Version",
      "Epistula-Request-Signature",
      "Epistula-Signature",
      "Authorization",
      "Epistula-Secret-Signature-0",
      "Epistula-Secret-Signature-1",
      "Epistula-Secret-Signature-2",
    ]);
  });

  test("never repeats a nonce, within a millisecond or when the clock goes back", () => {
    const signer = new RequestSigner({ key: aliceEd25519, schemes: ["btauth"] });
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 300; count += 1) {
      const now = NOW - (count % 3);
      const nonce = new Map(signer.sign({ ...toSign, now })).get("X-Bittensor-Nonce");
      expect(nonce?.slice(0, 13)).toBe(String(now));
      seen.add(nonce);
    }
    expect(seen.size).toBe(300);
  });

  test("two processes that share a key start at different nonces", () => {
    const first = (random: Uint8Array) =>
      new Map(new RequestSigner({ key: alice }).sign({ ...toSign, random })).get(
        "X-Bittensor-Nonce",
      );
    expect(first(new Uint8Array(32).fill(1))).not.toBe(first(new Uint8Array(32).fill(2)));
  });

  test("mixes the random bytes into the signature", () => {
    const signature = (random: Uint8Array) =>
      new Map(signEpistula(alice, { ...toSign, uuid: UUID, random })).get(
        "Epistula-Request-Signature",
      );
    expect(signature(RANDOM)).toBe(signature(RANDOM));
    expect(signature(RANDOM)).not.toBe(signature(new Uint8Array(32)));
  });

  test("signs requests without a receiver when told so", async () => {
    const headers = new RequestSigner({ key: alice }).sign({ ...toSign, receiver: null });
    const sent = request(headers, { method: "GET", target: "/status" });
    expect(await codeOf(sent, policyOf())).toBe("WRONG_RECEIVER");
    expect(await codeOf(sent, policyOf({ requireReceiver: false }))).toBe("admitted");
    const epistula = request(headers.filter(([name]) => !name.startsWith("X-Bittensor")));
    expect(await codeOf(epistula, policyOf())).toBe("MISSING_HEADERS");
    expect(await codeOf(epistula, policyOf({ requireReceiver: false }))).toBe("admitted");
  });

  test("asks itself over btauth alone, because Epistula cannot", async () => {
    const headers = new RequestSigner({ key: alice }).sign({ ...toSign, receiver: ALICE });
    expect(headers.some(([name]) => name.startsWith("Epistula"))).toBe(false);
    const sent = request(headers, { method: "GET", target: "/status" });
    expect(await codeOf(sent, policyOf({ receivers: [ALICE] }))).toBe("admitted");
  });

  test.each([
    { what: "no scheme", make: () => new RequestSigner({ key: alice, schemes: [] }) },
    { what: "Epistula with ed25519", make: () => new RequestSigner({ key: aliceEd25519 }) },
    {
      what: "Epistula to oneself",
      make: () =>
        new RequestSigner({ key: alice, schemes: ["epistula"] }).sign({
          ...toSign,
          receiver: ALICE,
        }),
    },
    {
      what: "dippy without a receiver",
      make: () =>
        new RequestSigner({ key: alice, dialect: "dippy" }).sign({ ...toSign, receiver: null }),
    },
    ...[
      { what: "a fragment", change: { target: "/x#y" } },
      { what: "a URL", change: { target: "http://host/x" } },
      { what: "a line break in the target", change: { target: "/x\n" } },
      { what: "two words as a method", change: { method: "GET X" } },
      { what: "seconds", change: { now: 1_730_000_001 } },
      { what: "a fraction of a millisecond", change: { now: NOW + 0.5 } },
      { what: "a short nonce", change: { nonce: 5n } },
      { what: "no UUID", change: { uuid: "1" } },
      { what: "too little randomness", change: { random: new Uint8Array(8) } },
    ].map(({ what, change }) => ({
      what,
      make: () => new RequestSigner({ key: alice }).sign({ ...toSign, ...change }),
    })),
  ])("refuses to sign $what", ({ make }) => {
    expect(thrownCode(make)).toBe("SIGN_INPUT_INVALID");
  });

  test("refuses a body in place of its digest", () => {
    const signer = new RequestSigner({ key: alice });
    expect(thrownCode(() => signer.sign({ ...toSign, bodySha256: body }))).toBe("DIGEST_INVALID");
  });
});
