import {
  type AuthPolicyOptions,
  answerAxonRefusal,
  axonBodyHash,
  checkHeaders,
  coverAxonBody,
  finish,
  type PyType,
  pyStr,
  type RawHeaders,
  replayMemory,
  signAxonResponse,
  spendNonce,
  verifyAxonResponse,
} from "@neurond/epistula";
import { hotkeyOf, parseHotkey, toHex } from "@neurond/primitives";
import { codeOf as thrownCode } from "@neurond/testing/coded";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ALICE,
  alice,
  BOB,
  bob,
  CHARLIE,
  codeOf,
  policyOf,
  RANDOM,
  request,
  withHeader,
} from "./context.ts";
import vectors from "./vectors/epistula.json" with { type: "json" };
import python from "./vectors/py-str.json" with { type: "json" };

const { dendrite, axonResponse } = vectors;
const NOW = Number(BigInt(dendrite.nonce) / 1_000_000n);
const SENT: RawHeaders = [
  ["name", "Echo"],
  ["timeout", "12.0"],
  ["bt_header_axon_hotkey", BOB],
  ["bt_header_dendrite_ip", "203.0.113.7"],
  ["bt_header_dendrite_version", "10002000"],
  ["bt_header_dendrite_nonce", dendrite.nonce],
  ["bt_header_dendrite_uuid", dendrite.uuid],
  ["bt_header_dendrite_hotkey", ALICE],
  ["bt_header_dendrite_signature", dendrite.signature],
  ["computed_body_hash", dendrite.bodyHash],
];

const door = (options: Partial<AuthPolicyOptions> = {}) =>
  policyOf({
    schemes: ["btauth", "epistula", "axon"],
    replay: replayMemory({ retentionMs: 70_000, now: () => 0 }),
    ...options,
  });

/** Headers as a dendrite makes them, from the text of the specification. */
function dendriteHeaders({
  nonce = dendrite.nonce,
  bodyHash = dendrite.bodyHash,
  uuid = dendrite.uuid,
  timeout = "12.0",
  key = alice,
} = {}): RawHeaders {
  const sender = hotkeyOf(key.publicKey);
  const message = `${nonce}.${sender}.${BOB}.${uuid}.${bodyHash}`;
  const replaced: readonly (readonly [string, string])[] = [
    ["timeout", timeout],
    ["bt_header_dendrite_nonce", nonce],
    ["bt_header_dendrite_uuid", uuid],
    ["bt_header_dendrite_hotkey", sender],
    ["bt_header_dendrite_signature", toHex(key.sign(utf8ToBytes(message), RANDOM))],
    ["computed_body_hash", bodyHash],
  ];
  return replaced.reduce<RawHeaders>((sent, [name, text]) => withHeader(sent, name, text), SENT);
}

const at = (ms: number) => String(BigInt(NOW + ms) * 1_000_000n);

describe("a dendrite's request", () => {
  test("of the published vector is let in once", async () => {
    const policy = door();
    expect(await codeOf(request(SENT), policy, NOW)).toBe("admitted");
    expect(await codeOf(request(SENT), policy, NOW)).toBe("REPLAY");
  });

  test("is not spoken where it is not named", async () => {
    expect(await codeOf(request(SENT), policyOf(), NOW)).toBe("MISSING_AUTHORIZATION");
  });

  test.each(SENT.filter(([name]) => /hotkey|nonce|uuid|signature|hash/.test(name)))(
    "without %s, or with an empty one, is refused",
    async (name) => {
      for (const value of [undefined, "", " "]) {
        const sent = request(withHeader(SENT, name, value));
        expect(await codeOf(sent, door(), NOW)).toBe("MISSING_HEADERS");
      }
    },
  );

  test("for another axon, from another sender, or with a changed part is refused", async () => {
    const changes: readonly (readonly [string, string, string])[] = [
      ["bt_header_axon_hotkey", CHARLIE, "WRONG_RECEIVER"],
      ["bt_header_dendrite_hotkey", CHARLIE, "BAD_SIGNATURE"],
      ["bt_header_dendrite_uuid", dendrite.uuid.replace("5", "6"), "BAD_SIGNATURE"],
      ["bt_header_dendrite_nonce", at(1), "BAD_SIGNATURE"],
      ["computed_body_hash", "00".repeat(32), "BAD_SIGNATURE"],
      ["bt_header_dendrite_nonce", "123", "BAD_TIMESTAMP"],
      ["bt_header_dendrite_uuid", "x", "BAD_UUID"],
      ["bt_header_dendrite_hotkey", "5Alice", "BAD_SENDER"],
      ["bt_header_dendrite_signature", "0x00", "BAD_SIGNATURE_FORMAT"],
      ["computed_body_hash", "xyz", "MALFORMED_AUTH"],
    ];
    for (const [name, value, code] of changes) {
      expect([name, await codeOf(request(withHeader(SENT, name, value)), door(), NOW)]).toEqual([
        name,
        code,
      ]);
    }
  });

  test("with a repeated header is refused", async () => {
    for (const [name, value] of SENT.filter(([name]) => /dendrite|hash|timeout/.test(name))) {
      const sent = request([...SENT, [name, value]]);
      expect(await codeOf(sent, door(), NOW)).toBe("DUPLICATE_HEADER");
    }
  });

  test("is fresh for four seconds and its timeout, and never longer than 34", async () => {
    const judge = (timeout: string, ageMs: number) =>
      codeOf(request(dendriteHeaders({ timeout })), door(), NOW + ageMs);
    expect(await judge("12.0", 16_000)).toBe("admitted");
    expect(await judge("12.0", 16_001)).toBe("STALE");
    expect(await judge("99999", 34_000)).toBe("admitted");
    expect(await judge("99999", 34_001)).toBe("STALE");
    for (const odd of ["-5", "1e9", "NaN", "", "12 "])
      expect(await judge(odd, 4_001)).toBe("STALE");
  });

  test("may not be post-dated by more than two seconds", async () => {
    expect(await codeOf(request(SENT), door(), NOW - 1_999)).toBe("admitted");
    expect(await codeOf(request(SENT), door(), NOW - 2_001)).toBe("FUTURE");
  });

  test("may overtake another of the same dendrite, and neither passes twice", async () => {
    const policy = door();
    const [early, late] = [at(-1), at(0)].map((nonce) => request(dendriteHeaders({ nonce })));
    if (!early || !late) throw new Error("no requests");
    expect(await codeOf(late, policy, NOW)).toBe("admitted");
    expect(await codeOf(early, policy, NOW)).toBe("admitted");
    expect(await codeOf(late, policy, NOW)).toBe("REPLAY");
    expect(await codeOf(early, policy, NOW)).toBe("REPLAY");
  });

  test("from a sender that has moved to btauth is refused", async () => {
    expect(await codeOf(request(SENT), door({ hasUpgraded: () => true }), NOW)).toBe(
      "SCHEME_NOT_ALLOWED",
    );
  });

  test("needs a store that remembers for as long as it is fresh", () => {
    const replay = replayMemory({ retentionMs: 65_999, now: () => 0 });
    expect(thrownCode(() => door({ replay }))).toBe("REPLAY_RETENTION_SHORT");
  });
});

describe("the body of a dendrite", () => {
  const bodyHash = dendrite.oneFieldHash.bodyHash;
  const body = { text: "hello", extra: [1] };
  const axonFields = [{ name: "text", type: "str" as const }];

  async function signedOf(options: Partial<AuthPolicyOptions>) {
    const pending = checkHeaders(request(dendriteHeaders({ bodyHash })), door(options), NOW);
    if (pending.kind !== "pending") throw new Error(pending.kind);
    const signed = await finish(pending, sha256(utf8ToBytes(JSON.stringify(body))));
    if (signed.kind !== "signed") throw new Error(signed.code);
    return signed;
  }

  test("is hashed as the published vector is", () => {
    expect(axonBodyHash(["hello"])).toBe(bodyHash);
    expect(axonBodyHash([])).toBe(dendrite.bodyHash);
  });

  test("is nobody's word where no field is declared", async () => {
    const signed = await signedOf({});
    const covered = coverAxonBody(signed, body);
    expect(covered).toMatchObject({ principal: { coversBody: false, coversTarget: false } });
    expect(await spendNonce(signed, NOW)).toMatchObject({ kind: "admitted" });
  });

  test("is the sender's where the declared fields are those that were signed", async () => {
    const covered = coverAxonBody(await signedOf({ axonFields }), body);
    if (covered.kind !== "signed") throw new Error(covered.code);
    expect(await spendNonce(covered, NOW)).toMatchObject({ principal: { coversBody: true } });
  });

  test("is refused where a declared field is another, of another type, or missing", async () => {
    const signed = await signedOf({ axonFields });
    for (const other of [{ text: "hullo" }, { text: 5 }, {}, null, "hello", [], { text: null }]) {
      expect(coverAxonBody(signed, other)).toMatchObject({ code: "BAD_SIGNATURE" });
    }
  });

  test("lets nobody in where fields are declared and were not compared", async () => {
    const signed = await signedOf({ axonFields });
    expect(await spendNonce(signed, NOW)).toMatchObject({ code: "AUTH_INTERNAL" });
  });
});

describe("the text that Python gives", () => {
  test.each(python.floats.map(([json = "", text = ""]) => ({ json, text })))(
    "a float $json is $text",
    ({ json, text }) => {
      expect(pyStr(Number(json), "float")).toBe(text);
    },
  );

  test("floats are read back as they were, whatever they are", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(pyStr(value, "float")), value)).toBe(true);
      }),
    );
  });

  test("knows words of its own, and tells 1 from 1.0", () => {
    const texts: readonly (readonly [unknown, PyType, string])[] = [
      [true, "bool", "True"],
      [false, "bool", "False"],
      [null, "str", "None"],
      [null, "int", "None"],
      [1, "int", "1"],
      [1, "float", "1.0"],
      [-7, "int", "-7"],
      ["τao", "str", "τao"],
    ];
    for (const [value, type, text] of texts) expect(pyStr(value, type)).toBe(text);
  });

  test("is refused for what has none, or another type", () => {
    const wrong: readonly (readonly [unknown, PyType])[] = [
      [[1], "str"],
      [{}, "str"],
      ["1", "int"],
      [1.5, "int"],
      [2 ** 53, "int"],
      [Number.POSITIVE_INFINITY, "float"],
      ["\ud800", "str"],
      [undefined, "str"],
      [1, "bool"],
    ];
    for (const [value, type] of wrong) {
      expect(thrownCode(() => pyStr(value, type))).toBe("SIGN_INPUT_INVALID");
    }
  });
});

describe("an axon's answer", () => {
  test("of the published vector is proven, and not when any part differs", async () => {
    const [nonce = "", requester = "", responder = "", uuid = ""] = axonResponse.message.split(".");
    const response = {
      nonce,
      uuid,
      requester: parseHotkey(requester),
      responder: parseHotkey(responder),
    };
    expect(await verifyAxonResponse(response, axonResponse.signature)).toBe(true);
    for (const other of [{ nonce: at(0) }, { requester: CHARLIE }, { responder: CHARLIE }]) {
      expect(await verifyAxonResponse({ ...response, ...other }, axonResponse.signature)).toBe(
        false,
      );
    }
    expect(await verifyAxonResponse(response, "0x")).toBe(false);
  });

  test("that we sign is proven", async () => {
    const said = { nonce: at(0), uuid: dendrite.uuid, requester: ALICE };
    const headers = new Map(signAxonResponse(bob, said, RANDOM));
    const signature = headers.get("bt_header_axon_signature") ?? "";
    expect(await verifyAxonResponse({ ...said, responder: BOB }, signature)).toBe(true);
    expect(headers.get("bt_header_axon_hotkey")).toBe(BOB);
  });

  test("to a refused request has a message, and the dendrite's headers again within bounds", () => {
    const refused = { status: 429, detail: "too often", retryAfterSeconds: 3 };
    const odd: RawHeaders = [
      ["BT_Header_Dendrite_Note", "a\nb"],
      ["bt_header_input_obj_x", "e30="],
      ["cookie", "secret"],
    ];
    const { status, headers, body } = answerAxonRefusal(refused, [...SENT, ...odd]);
    expect({ status, body }).toEqual({ status: 429, body: { message: "too often" } });
    expect(headers).toMatchObject({
      bt_header_dendrite_uuid: dendrite.uuid,
      bt_header_axon_status_code: "429",
      bt_header_axon_status_message: "too often",
      "Retry-After": "3",
    });
    expect(Object.keys(headers)).not.toContain("cookie");
    expect(Object.keys(headers)).not.toContain("bt_header_dendrite_note");
  });
});
