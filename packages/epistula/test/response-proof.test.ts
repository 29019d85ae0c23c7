import { verifySr25519 } from "@neurond/crypto";
import {
  signBtauthResponse,
  signEpistulaResponse,
  verifyBtauthResponse,
  verifyEpistulaResponse,
} from "@neurond/epistula";
import { fromHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALICE, BOB, bob, CHARLIE, RANDOM, UUID } from "./context.ts";

const bodySha256 = sha256(utf8ToBytes("answer"));
const otherSha256 = sha256(utf8ToBytes("another"));

describe("an answer over btauth", () => {
  const nonce = "1752076800000000000";
  const response = { status: 200, bodySha256, nonce, requester: ALICE, responder: BOB };
  const [name, signature] = signBtauthResponse(bob, response, RANDOM);

  test("is signed in six lines", () => {
    expect(name).toBe("X-Response-Signature");
    const digest = Buffer.from(bodySha256).toString("hex");
    const lines = `btauth-response/1\n200\n${digest}\n${nonce}\n${ALICE}\n${BOB}`;
    expect(verifySr25519(bob.publicKey, utf8ToBytes(lines), fromHex(signature))).toBe(true);
  });

  test.each([
    { change: {}, valid: true },
    { change: { status: 201 }, valid: false },
    { change: { status: 2000 }, valid: false },
    { change: { bodySha256: otherSha256 }, valid: false },
    { change: { nonce: "1752076800000000001" }, valid: false },
    { change: { nonce: "1" }, valid: false },
    { change: { requester: CHARLIE }, valid: false },
    { change: { responder: CHARLIE }, valid: false },
  ])("with $change is valid: $valid", async ({ change, valid }) => {
    expect(await verifyBtauthResponse({ ...response, ...change }, signature)).toBe(valid);
  });

  test("with a signature altered anywhere is not valid", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(signature.length - 1), fc.nat(255), async (at, code) => {
        const text = signature.slice(0, at) + String.fromCharCode(code) + signature.slice(at + 1);
        expect(await verifyBtauthResponse(response, text)).toBe(text === signature);
      }),
    );
  });

  test.each([{ status: 99 }, { status: 200.5 }, { nonce: "x" }])("%o is not signed", (change) => {
    expect(() => signBtauthResponse(bob, { ...response, ...change }, RANDOM)).toThrow(
      /cannot sign/,
    );
  });
});

describe("an answer over Epistula", () => {
  const response = { bodySha256, uuid: UUID, timestamp: "1730000001234", responder: BOB };
  const [name, signature] = signEpistulaResponse(bob, response, RANDOM);

  test("is signed with the uuid, time and receiver of its request", () => {
    expect(name).toBe("Epistula-Response-Signature");
    const message = `${Buffer.from(bodySha256).toString("hex")}.${UUID}.1730000001234.${BOB}`;
    expect(verifySr25519(bob.publicKey, utf8ToBytes(message), fromHex(signature))).toBe(true);
  });

  test.each([
    { change: {}, valid: true },
    { change: { bodySha256: otherSha256 }, valid: false },
    { change: { uuid: UUID.replace("3", "4") }, valid: false },
    { change: { uuid: "x" }, valid: false },
    { change: { timestamp: "1730000001235" }, valid: false },
    { change: { timestamp: "x" }, valid: false },
    { change: { responder: CHARLIE }, valid: false },
  ])("with $change is valid: $valid", async ({ change, valid }) => {
    expect(await verifyEpistulaResponse({ ...response, ...change }, signature)).toBe(valid);
  });

  test.each([{ uuid: "x" }, { timestamp: "x" }])("%o is not signed", (change) => {
    expect(() => signEpistulaResponse(bob, { ...response, ...change }, RANDOM)).toThrow(
      /cannot sign/,
    );
  });
});
