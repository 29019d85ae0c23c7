import {
  checkHeaders,
  checkInline,
  finishV1,
  type RawHeaders,
  spendNonce,
} from "@neurond/epistula";
import { fromHex, parseHotkey, publicKeyOf } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import {
  ALICE,
  aliceEd25519,
  BOB,
  CHARLIE,
  codeOf,
  enter,
  NOW,
  policyOf,
  request,
  UUID,
  withHeader,
} from "./context.ts";
import vectors from "./vectors/epistula.json" with { type: "json" };

interface V2Vector {
  readonly uuid: string;
  readonly timestampMs: string;
  readonly signedBy: string;
  readonly signedFor: string | null;
  readonly signature: string;
}

type Style = "v2" | "dippy" | "mixed";

function headersOf(vector: V2Vector, style: Style = "v2"): RawHeaders {
  return [
    ["Epistula-Timestamp", vector.timestampMs],
    [style === "dippy" ? "Epistula-UUID" : "epistula-uuid", vector.uuid],
    ["Epistula-Signed-By", vector.signedBy],
    ...(vector.signedFor ? [["Epistula-Signed-For", vector.signedFor] as const] : []),
    ...(style === "dippy"
      ? []
      : [
          ["Epistula-Version", "2"] as const,
          ["Epistula-Request-Signature", vector.signature] as const,
        ]),
    ...(style === "v2" ? [] : [["Authorization", `Epistula ${vector.signature}`] as const]),
  ];
}

const [post] = vectors.v2;
if (!post) throw new Error("the vectors of Epistula v2 are missing");
const body = fromHex(post.bodyHex);
const posted = (headers: RawHeaders) => request(headers, { body });
const negative = (name: string) => {
  const found = vectors.negative.find((vector) => vector.name === name);
  if (!found) throw new Error(`no vector ${name}`);
  return found;
};

describe.each(["v2", "dippy", "mixed"] as const)("vectors in the %s dialect", (style) => {
  test.each(vectors.v2)("$name is let in by the clock of its timestamp", async (vector) => {
    const receiver = vector.signedFor === null ? BOB : parseHotkey(vector.signedFor);
    const policy = policyOf({
      receivers: [receiver],
      requireReceiver: vector.signedFor !== null,
    });
    const sent = request(headersOf(vector, style), {
      method: vector.name.startsWith("v2-get") ? "GET" : "POST",
      body: fromHex(vector.bodyHex),
    });
    expect(await enter(sent, policy)).toMatchObject({
      kind: "admitted",
      principal: {
        hotkey: vector.signedBy,
        receiver: vector.signedFor,
        scheme: "epistula/2",
        dialect: style,
        nonce: vector.uuid,
        signedAtMs: NOW,
        clockOffsetMs: 0,
        bodySha256: `0x${vector.sha256}`,
        coversTarget: false,
        standing: null,
      },
    });
  });
});

describe("from the vector v2-post-json", () => {
  const headers = headersOf(post);
  const change = (name: string, value: string | undefined) =>
    posted(withHeader(headers, name, value));

  test("a changed byte of the body is BAD_SIGNATURE", async () => {
    for (let index = 0; index < body.length; index += 1) {
      const changed = body.map((byte, at) => (at === index ? byte ^ 1 : byte));
      expect(await codeOf(request(headers, { body: changed }), policyOf())).toBe("BAD_SIGNATURE");
    }
  });

  test("the same JSON printed with spaces is BAD_SIGNATURE", async () => {
    const printed = vectors.v2.find(({ name }) => name === "v2-python-default-json");
    const sent = request(headers, { body: fromHex(printed?.bodyHex ?? "") });
    expect(await codeOf(sent, policyOf())).toBe("BAD_SIGNATURE");
  });

  test("the same request again, here or on another route, is REPLAY", async () => {
    const policy = policyOf();
    const answers = [
      await codeOf(posted(headers), policy),
      await codeOf(posted(headers), policy),
      await codeOf(request(headers, { body, target: "/train", method: "PUT" }), policy),
    ];
    expect(answers).toEqual(["admitted", "REPLAY", "REPLAY"]);
  });

  test.each([
    { clock: 8001, code: "STALE" },
    { clock: 8000, code: "admitted" },
    { clock: -2000, code: "admitted" },
    { clock: -2001, code: "FUTURE" },
  ])("a clock $clock ms off is $code", async ({ clock, code }) => {
    expect(await codeOf(posted(headers), policyOf(), NOW + clock)).toBe(code);
  });

  test.each([
    { name: "Epistula-Signed-For", value: CHARLIE, code: "WRONG_RECEIVER" },
    { name: "Epistula-Signed-For", value: "5garbage", code: "WRONG_RECEIVER" },
    { name: "Epistula-Signed-For", value: undefined, code: "MISSING_HEADERS" },
    { name: "Epistula-Signed-For", value: " ", code: "MISSING_HEADERS" },
    { name: "Epistula-Signed-By", value: undefined, code: "MISSING_HEADERS" },
    { name: "Epistula-Signed-By", value: "5garbage", code: "BAD_SENDER" },
    { name: "Epistula-Signed-By", value: CHARLIE, code: "BAD_SIGNATURE" },
    // Alice's key on a network of prefix 0.
    {
      name: "Epistula-Signed-By",
      value: "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
      code: "BAD_SENDER",
    },
    { name: "Epistula-Uuid", value: undefined, code: "MISSING_HEADERS" },
    { name: "Epistula-Uuid", value: `${UUID}0`, code: "BAD_UUID" },
    { name: "Epistula-Uuid", value: UUID.replaceAll("-", ":"), code: "BAD_UUID" },
    { name: "Epistula-Uuid", value: UUID.toUpperCase(), code: "BAD_SIGNATURE" },
    { name: "Epistula-Timestamp", value: undefined, code: "MISSING_HEADERS" },
    ...[
      "01730000001234",
      "+1730000001234",
      "-1730000001234",
      "1_730000001234",
      "1730000001234.0",
      "1730000001234\n",
      " 1730000001234",
      "1730000001",
      "١٧٣٠٠٠٠٠٠١٢٣٤",
    ].map((value) => ({ name: "Epistula-Timestamp", value, code: "BAD_TIMESTAMP" })),
    { name: "Epistula-Version", value: "1", code: "UNSUPPORTED_VERSION" },
    { name: "Epistula-Version", value: "", code: "UNSUPPORTED_VERSION" },
    { name: "Epistula-Version", value: undefined, code: "admitted" },
    { name: "Epistula-Request-Signature", value: undefined, code: "MISSING_AUTHORIZATION" },
    ...[
      post.signature.slice(0, -1),
      post.signature.slice(0, -2),
      `${post.signature}00`,
      post.signature.replace("0x", "0X"),
      post.signature.slice(2),
      `0x${"g".repeat(128)}`,
      `${post.signature}\n`,
      "",
      "0x",
    ].map((value) => ({ name: "Epistula-Request-Signature", value, code: "BAD_SIGNATURE_FORMAT" })),
    {
      name: "Epistula-Request-Signature",
      value: `0x${post.signature.slice(2).toUpperCase()}`,
      code: "admitted",
    },
    {
      name: "Epistula-Request-Signature",
      value: negative("wrong-signer").signature,
      code: "BAD_SIGNATURE",
    },
    {
      name: "Epistula-Request-Signature",
      value: negative("wrapped-bytes-of-v2-post-json").signature,
      code: "BAD_SIGNATURE",
    },
  ])("$name as $value is $code", async ({ name, value, code }) => {
    expect(await codeOf(change(name, value), policyOf())).toBe(code);
  });

  test.each([post.signature.slice(2), post.signature.replace("0x", "0X")])(
    "the signature as %s passes where hex is lenient",
    async (value) => {
      const sent = change("Epistula-Request-Signature", value);
      expect(await codeOf(sent, policyOf({ lenientHex: true }))).toBe("admitted");
    },
  );

  test("the wrapped signature passes where browsers may sign", async () => {
    const { signature } = negative("wrapped-bytes-of-v2-post-json");
    const sent = change("Epistula-Request-Signature", signature);
    expect(await codeOf(sent, policyOf({ acceptWrappedBytes: true }))).toBe("admitted");
  });

  test("an ed25519 signature by the same seed never passes", async () => {
    const signed = aliceEd25519.sign(utf8ToBytes(post.message));
    const signature = `0x${Buffer.from(signed).toString("hex")}`;
    const sent = posted(headersOf({ ...post, signedBy: `${aliceEd25519}`, signature }));
    expect(await codeOf(sent, policyOf({ acceptWrappedBytes: true }))).toBe("BAD_SIGNATURE");
  });

  test.each(headers.map(([name]) => name))("a second %s is DUPLICATE_HEADER", async (name) => {
    const again = headers.filter(([other]) => other === name);
    const sent = posted([
      ...headers,
      ...again.map(([, value]) => [name.toUpperCase(), value] as const),
    ]);
    expect(await codeOf(sent, policyOf())).toBe("DUPLICATE_HEADER");
  });
});

describe("in the dippy dialect", () => {
  const headers = headersOf(post, "dippy");
  const authorized = (value: string | undefined) =>
    posted(withHeader(headers, "Authorization", value));
  const other = negative("wrong-signer").signature;

  test.each([
    { authorization: undefined, code: "MISSING_AUTHORIZATION" },
    { authorization: "", code: "MISSING_AUTHORIZATION" },
    { authorization: post.signature, code: "BAD_AUTHORIZATION_FORMAT" },
    { authorization: "Epistula", code: "BAD_AUTHORIZATION_FORMAT" },
    { authorization: `Bearer ${post.signature}`, code: "BAD_AUTH_SCHEME" },
    { authorization: `Epistula  ${post.signature}`, code: "BAD_SIGNATURE_FORMAT" },
    { authorization: "Epistula ", code: "BAD_SIGNATURE_FORMAT" },
    { authorization: `Epistula ${other}`, code: "BAD_SIGNATURE" },
    { authorization: `epistula ${post.signature}`, code: "admitted" },
    { authorization: `Epistula ${post.signature.slice(2)}`, code: "admitted" },
  ])("Authorization: $authorization is $code", async ({ authorization, code }) => {
    expect(await codeOf(authorized(authorization), policyOf())).toBe(code);
  });

  test("Epistula-Signature must equal it, in any spelling", async () => {
    const beside = (value: string) => posted([...headers, ["Epistula-Signature", value]]);
    expect(await codeOf(beside(post.signature.toUpperCase().slice(2)), policyOf())).toBe(
      "admitted",
    );
    expect(await codeOf(beside(other), policyOf())).toBe("SIGNATURE_HEADER_CONFLICT");
  });

  test("a canonical signature beside it must equal it", async () => {
    const mixed = withHeader(headersOf(post, "mixed"), "Authorization", `Epistula ${other}`);
    expect(await codeOf(posted(mixed), policyOf())).toBe("SIGNATURE_HEADER_CONFLICT");
  });

  test("a canonical signature passes beside somebody else's Authorization", async () => {
    const sent = posted([...headersOf(post), ["Authorization", "Bearer of-the-proxy"]]);
    expect(await codeOf(sent, policyOf())).toBe("admitted");
  });

  test("an empty GET /capacity passes with the signature of {}, and nothing else does", async () => {
    const braces = vectors.v2.find(({ name }) => name === "v2-get-braces");
    if (!braces) expect.unreachable();
    const sent = (method: string, target: string) =>
      codeOf(request(headersOf(braces, "dippy"), { method, target }), policyOf());
    expect(await sent("GET", "/capacity")).toBe("admitted");
    expect(await sent("HEAD", "/capacity?format=flags")).toBe("admitted");
    expect(await sent("POST", "/capacity")).toBe("BAD_SIGNATURE");
    expect(await sent("GET", "/capacity/x")).toBe("BAD_SIGNATURE");
    const strict = policyOf({ bracesForEmptyGet: [] });
    const get = request(headersOf(braces), { method: "GET", target: "/capacity" });
    expect(await codeOf(get, strict)).toBe("BAD_SIGNATURE");
    const full = { method: "GET", target: "/capacity", body: new Uint8Array(1) };
    expect(await codeOf(request(headersOf(braces), full), policyOf())).toBe("BAD_SIGNATURE");
  });
});

test("the Python word None is no receiver", async () => {
  const unbound = vectors.v2.find(({ name }) => name === "v2-no-receiver");
  if (!unbound) expect.unreachable();
  const forged = { ...unbound, signature: negative("python-None-receiver").signature };
  const sent = request(headersOf(forged), { body: fromHex(unbound.bodyHex) });
  expect(await codeOf(sent, policyOf({ requireReceiver: false }))).toBe("BAD_SIGNATURE");
});

test("a request dated in the year 2100 is FUTURE until then", async () => {
  const { timestampMs = "", signature } = negative("post-dated-2100");
  const dated = { uuid: UUID, timestampMs, signedBy: ALICE, signedFor: BOB, signature };
  expect(await codeOf(request(headersOf(dated)), policyOf())).toBe("FUTURE");
  expect(await codeOf(request(headersOf(dated)), policyOf(), Number(timestampMs))).toBe("admitted");
});

describe("Epistula v1", () => {
  const v1Body = utf8ToBytes(vectors.v1.body);
  const headers: RawHeaders = [["body-signature", vectors.v1.signature]];
  const accepting = () => policyOf({ acceptV1: true });

  async function enterV1(
    body: Uint8Array,
    { policy = accepting(), now = NOW, signature = vectors.v1.signature } = {},
  ) {
    const head = { method: "POST", target: "/", headers: [["Body-Signature", signature]] } as const;
    const pending = checkHeaders(head, policy, now);
    if (pending.kind !== "pending/v1") return pending.kind === "refused" ? pending.code : "pending";
    const signed = await finishV1(pending, body);
    const outcome = signed.kind === "refused" ? signed : await spendNonce(signed, now);
    return outcome.kind === "refused" ? outcome.code : outcome.principal;
  }

  test("is not recognised unless it is switched on", async () => {
    expect(await codeOf(request(headers), policyOf())).toBe("MISSING_AUTHORIZATION");
  });

  test("lets its vector in once", async () => {
    const policy = accepting();
    expect(await enterV1(v1Body, { policy })).toMatchObject({
      hotkey: ALICE,
      receiver: BOB,
      scheme: "epistula/1",
      signedAtMs: NOW,
    });
    expect(await enterV1(v1Body, { policy })).toBe("REPLAY");
  });

  test.each([
    { what: "a space more", body: `${vectors.v1.body} `, code: "BAD_SIGNATURE" },
    { what: "no JSON", body: "{", code: "MISSING_HEADERS" },
    { what: "a list", body: "[]", code: "MISSING_HEADERS" },
    { what: "null", body: "null", code: "MISSING_HEADERS" },
    {
      what: "another version",
      body: vectors.v1.body.replace(": 1}", ": 2}"),
      code: "MISSING_HEADERS",
    },
    {
      what: "a fraction",
      body: vectors.v1.body.replace("234000000,", "0.5,"),
      code: "MISSING_HEADERS",
    },
    {
      what: "a nonce in text",
      body: vectors.v1.body.replace("1730000001234000000", '"1"'),
      code: "MISSING_HEADERS",
    },
    {
      what: "another receiver",
      body: vectors.v1.body.replace(BOB, CHARLIE),
      code: "WRONG_RECEIVER",
    },
    {
      what: "no receiver",
      body: vectors.v1.body.replace(`"${BOB}"`, "null"),
      code: "WRONG_RECEIVER",
    },
    {
      what: "another sender",
      body: vectors.v1.body.replace(ALICE, CHARLIE),
      code: "BAD_SIGNATURE",
    },
    { what: "no data", body: vectors.v1.body.replace("data", "more"), code: "MISSING_HEADERS" },
    { what: "no sender", body: vectors.v1.body.replace(ALICE, "x"), code: "BAD_SENDER" },
  ])("with $what is $code", async ({ body: text, code }) => {
    expect(await enterV1(utf8ToBytes(text))).toBe(code);
  });

  test("has a window of five seconds back and two forward", async () => {
    const at = async (now: number) => {
      const outcome = await enterV1(v1Body, { now });
      return typeof outcome === "string" ? outcome : "admitted";
    };
    expect(await at(NOW + 5000)).toBe("admitted");
    expect(await at(NOW + 5001)).toBe("STALE");
    expect(await at(NOW - 2000)).toBe("admitted");
    expect(await at(NOW - 2001)).toBe("FUTURE");
  });

  test("with a signature of another length is BAD_SIGNATURE_FORMAT", async () => {
    expect(await enterV1(v1Body, { signature: "0x00" })).toBe("BAD_SIGNATURE_FORMAT");
  });

  test("that announces a body beyond the limit is BODY_TOO_LARGE before it is read", async () => {
    const sent = request([...headers, ["Content-Length", "1048577"]]);
    expect(await codeOf(sent, accepting())).toBe("BODY_TOO_LARGE");
  });

  test("gives way to a v2 signature on the same request", async () => {
    const sent = posted([...headersOf(post), ["Body-Signature", vectors.v1.signature]]);
    expect(await codeOf(sent, accepting())).toBe("admitted");
  });
});

test.each([
  vectors.dendrite,
  { ...vectors.axonResponse, dendriteHotkey: vectors.axonResponse.signedBy },
])("checks the published signature of $message", ({ message, signature, dendriteHotkey }) => {
  const key = publicKeyOf(parseHotkey(dendriteHotkey));
  expect(checkInline("sr25519", key, utf8ToBytes(message), fromHex(signature))).toBe(true);
});
