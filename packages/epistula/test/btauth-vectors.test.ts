import { type RawHeaders, signBtauth } from "@neurond/epistula";
import { fromHex, parseHotkey } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import {
  aliceEd25519,
  BOB,
  CHARLIE,
  codeOf,
  enter,
  policyOf,
  RANDOM,
  request,
  type TestRequest,
  withHeader,
} from "./context.ts";
import vectors from "./vectors/btauth.json" with { type: "json" };

type Vector = (typeof vectors.requests)[number];

function headersOf(vector: Vector): RawHeaders {
  return [
    ["X-Bittensor-Version", "1"],
    ["X-Bittensor-Hotkey", vector.sender],
    ...(vector.receiver ? [["X-Bittensor-Receiver", vector.receiver] as const] : []),
    ["X-Bittensor-Nonce", vector.nonce],
    ...(vector.signatureScheme === "ed25519" ? [["X-Bittensor-Crypto", "ed25519"] as const] : []),
    ["X-Bittensor-Signature", vector.signature],
  ];
}

const sent = (vector: Vector, headers: RawHeaders = headersOf(vector)) =>
  request(headers, {
    method: vector.method,
    target: vector.target,
    body: fromHex(vector.bodyHex),
  });
const after = (nonce: string, milliseconds: number) =>
  Number(BigInt(nonce) / 1_000_000n) + milliseconds;
const trusting = (scheme: string, options = {}) =>
  policyOf({
    trustedScheme: () => (scheme === "ed25519" ? "ed25519" : "sr25519"),
    requireReceiver: false,
    ...options,
  });

test.each(vectors.requests)("lets in: $name", async (vector) => {
  const now = after(vector.nonce, 1);
  expect(await enter(sent(vector), trusting(vector.signatureScheme), now)).toMatchObject({
    kind: "admitted",
    principal: {
      hotkey: vector.sender,
      receiver: vector.receiver,
      scheme: "btauth/1",
      dialect: null,
      nonce: vector.nonce,
      signedAtMs: now - 1,
      clockOffsetMs: -1,
      bodySha256: `0x${vector.bodySha256}`,
      coversTarget: true,
    },
  });
});

test.each(vectors.requests.filter(({ deterministic }) => deterministic))(
  "signs byte for byte: $name",
  (vector) => {
    const headers = signBtauth(aliceEd25519, {
      method: vector.method.toLowerCase(),
      target: vector.target,
      bodySha256: fromHex(vector.bodySha256),
      receiver: vector.receiver === null ? null : parseHotkey(vector.receiver),
      nonce: BigInt(vector.nonce),
      random: RANDOM,
    });
    expect(headers).toEqual(headersOf(vector));
  },
);

describe("from the sr25519 vector", () => {
  const [vector, ed25519] = vectors.requests;
  if (!vector || !ed25519) throw new Error("the vectors of btauth/1 are missing");
  const headers = headersOf(vector);
  const code = (changed: Partial<TestRequest>, now = after(vector.nonce, 1)) =>
    codeOf({ ...sent(vector), ...changed }, policyOf(), now);
  const changing = (name: string, value: string | undefined, options = {}) =>
    codeOf(
      sent(vector, withHeader(headers, name, value)),
      policyOf(options),
      after(vector.nonce, 1),
    );

  test.each([
    { method: "PUT" },
    { target: "/generate?stream=true" },
    { target: "/generate" },
    { target: "/generate?stream=false&" },
    { target: "/generate?stream=fals%65" },
    { target: "//generate?stream=false" },
    { body: new Uint8Array(0) },
  ])("another %o is BAD_SIGNATURE", async (changed) => {
    expect(await code(changed)).toBe("BAD_SIGNATURE");
  });

  test.each([
    { target: "/generate#x" },
    { target: "/gen erate" },
    { target: "/a\nb" },
    { target: "/ä" },
    { target: "http://host/generate?stream=false" },
    { target: "*" },
    { target: "" },
    { method: "post" },
    { method: "" },
    { method: "POST\n" },
  ])("%o cannot be signed and is MALFORMED_AUTH", async (changed) => {
    expect(await code(changed)).toBe("MALFORMED_AUTH");
  });

  test.each([
    { milliseconds: 10_000, code: "admitted" },
    { milliseconds: 10_001, code: "STALE" },
    { milliseconds: 11_000, code: "STALE" },
    { milliseconds: -2000, code: "admitted" },
    { milliseconds: -2001, code: "FUTURE" },
    { milliseconds: -3000, code: "FUTURE" },
  ])("a clock $milliseconds ms after the nonce is $code", async (row) => {
    expect(await code({}, after(vector.nonce, row.milliseconds))).toBe(row.code);
  });

  test.each([
    { name: "X-Bittensor-Version", value: undefined, code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Version", value: "2", code: "UNSUPPORTED_VERSION" },
    { name: "X-Bittensor-Version", value: "1 ", code: "UNSUPPORTED_VERSION" },
    { name: "X-Bittensor-Hotkey", value: undefined, code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Hotkey", value: "5garbage", code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Hotkey", value: `${vector.sender} `, code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Hotkey", value: CHARLIE, code: "BAD_SIGNATURE" },
    { name: "X-Bittensor-Receiver", value: undefined, code: "WRONG_RECEIVER" },
    { name: "X-Bittensor-Receiver", value: "", code: "WRONG_RECEIVER" },
    { name: "X-Bittensor-Receiver", value: "-", code: "WRONG_RECEIVER" },
    { name: "X-Bittensor-Receiver", value: CHARLIE, code: "WRONG_RECEIVER" },
    { name: "X-Bittensor-Nonce", value: undefined, code: "MALFORMED_AUTH" },
    ...[
      "not-a-number",
      "+1752076800000000000",
      "01752076800000000000",
      "0752076800000000000",
      "1_752076800000000000",
      " 1752076800000000000",
      "1752076800000000000\n",
      "17520768000000000000",
      "175207680000000000",
      "1752076800000000000.0",
      "１７５２０７６８０００００００００００",
    ].map((value) => ({ name: "X-Bittensor-Nonce", value, code: "MALFORMED_AUTH" })),
    { name: "X-Bittensor-Nonce", value: "1752076800000000001", code: "BAD_SIGNATURE" },
    { name: "X-Bittensor-Crypto", value: "ecdsa", code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Crypto", value: "", code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Crypto", value: "SR25519", code: "MALFORMED_AUTH" },
    { name: "X-Bittensor-Crypto", value: "sr25519", code: "admitted" },
    { name: "X-Bittensor-Crypto", value: "ed25519", code: "SCHEME_NOT_ALLOWED" },
    { name: "X-Bittensor-Crypto", value: "mldsa", code: "SCHEME_NOT_ALLOWED" },
    { name: "X-Bittensor-Crypto", value: "hashed", code: "SCHEME_NOT_ALLOWED" },
    { name: "X-Bittensor-Signature", value: undefined, code: "MALFORMED_AUTH" },
    ...[
      "0xnothex",
      "",
      vector.signature.slice(2),
      vector.signature.slice(0, -2),
      `${vector.signature}00`,
      vector.signature.toUpperCase(),
      vector.signature.replace("0x", "0X"),
      vector.signature.replace("0x8c", "0x8C"),
      `${vector.signature}\n`,
    ].map((value) => ({ name: "X-Bittensor-Signature", value, code: "MALFORMED_AUTH" })),
    { name: "X-Bittensor-Signature", value: ed25519.signature, code: "BAD_SIGNATURE" },
  ])("$name as $value is $code", async (row) => {
    expect(await changing(row.name, row.value)).toBe(row.code);
  });

  test("an unbound line never passes for the receiver `-`", async () => {
    const open = { requireReceiver: false };
    expect(await changing("X-Bittensor-Receiver", "-", open)).toBe("WRONG_RECEIVER");
    expect(await changing("X-Bittensor-Receiver", "", open)).toBe("WRONG_RECEIVER");
    expect(await changing("X-Bittensor-Receiver", undefined, open)).toBe("BAD_SIGNATURE");
  });

  test("the same headers twice are REPLAY", async () => {
    const policy = policyOf();
    const now = after(vector.nonce, 1);
    expect(await codeOf(sent(vector), policy, now)).toBe("admitted");
    expect(await codeOf(sent(vector), policy, now)).toBe("REPLAY");
  });

  test("a bad signature with a fresh nonce does not spend it", async () => {
    const policy = policyOf();
    const now = after(vector.nonce, 1);
    const bad = { ...sent(vector), body: new Uint8Array(0) };
    expect(await codeOf(bad, policy, now)).toBe("BAD_SIGNATURE");
    expect(await codeOf(sent(vector), policy, now)).toBe("admitted");
  });

  test.each(headers.map(([name]) => name))("a second %s is MALFORMED_AUTH", async (name) => {
    const again = headers.filter(([other]) => other === name);
    const doubled = sent(vector, [...headers, ...again]);
    expect(await codeOf(doubled, policyOf(), after(vector.nonce, 1))).toBe("MALFORMED_AUTH");
  });

  test("an ed25519 signature without its header fails under either trusted scheme", async () => {
    const bare = withHeader(headersOf(ed25519), "X-Bittensor-Crypto", undefined);
    const now = after(ed25519.nonce, 1);
    expect(await codeOf(sent(ed25519, bare), trusting("sr25519"), now)).toBe("BAD_SIGNATURE");
    expect(await codeOf(sent(ed25519, bare), trusting("ed25519"), now)).toBe("SCHEME_NOT_ALLOWED");
  });

  test("any of our hotkeys may be named, and no other", async () => {
    expect(await changing("x", undefined, { receivers: [CHARLIE, BOB] })).toBe("admitted");
    expect(await changing("x", undefined, { receivers: [CHARLIE] })).toBe("WRONG_RECEIVER");
  });
});
