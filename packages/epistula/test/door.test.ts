import {
  type Admit,
  type AuthPolicyOptions,
  type AuthScheme,
  checkHeaders,
  finish,
  pairRawHeaders,
  type RawHeaders,
  RequestSigner,
  type RequestSignerOptions,
  replayMemory,
  signEpistulaResponse,
  spendNonce,
} from "@neurond/epistula";
import { CodedError, coldkeyOf, toRao, toUid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import {
  ALICE,
  alice,
  BOB,
  bob,
  charlie,
  codeOf,
  enter,
  NOW,
  policyOf,
  RANDOM,
  request,
  toSign,
  UUID,
  withHeader,
} from "./context.ts";

const body = Uint8Array.of(4, 5, 6);
const sign = (options: Partial<RequestSignerOptions> = {}, now = NOW): RawHeaders =>
  new RequestSigner({ key: alice, interval: "none", ...options }).sign(toSign(body, now));
const both = sign();
const isBtauth = ([name]: readonly [string, string]) => name.startsWith("X-Bittensor");
const btauthHalf = both.filter(isBtauth);
const epistulaHalf = both.filter((header) => !isBtauth(header));
const code = (headers: RawHeaders, options: Partial<AuthPolicyOptions> = {}) =>
  codeOf(request(headers, { body }), policyOf(options));

describe("a request signed both ways", () => {
  test("is judged by btauth alone", async () => {
    const outcome = await enter(request(both, { body }), policyOf());
    expect(outcome).toMatchObject({ principal: { scheme: "btauth/1", coversTarget: true } });
    const epistulaBroken = withHeader(both, "Epistula-Timestamp", "1");
    expect(await code(epistulaBroken)).toBe("admitted");
  });

  test("does not fall back to Epistula when btauth fails", async () => {
    const signature = `0x${"11".repeat(64)}`;
    expect(await code(withHeader(both, "X-Bittensor-Signature", signature))).toBe("BAD_SIGNATURE");
    expect(await code(withHeader(both, "X-Bittensor-Version", "2"))).toBe("UNSUPPORTED_VERSION");
    expect(await code(withHeader(both, "X-Bittensor-Receiver", undefined))).toBe("WRONG_RECEIVER");
    expect(await code(withHeader(both, "X-Bittensor-Hotkey", undefined))).toBe("MALFORMED_AUTH");
  });

  test("by two senders is SIGNATURE_HEADER_CONFLICT, whichever half the route reads", async () => {
    const charlies = sign({ key: charlie });
    const mixed = [...btauthHalf, ...charlies.filter((header) => !isBtauth(header))];
    expect(await code(mixed)).toBe("SIGNATURE_HEADER_CONFLICT");
    expect(await code(mixed, { schemes: ["epistula"] })).toBe("SIGNATURE_HEADER_CONFLICT");
    const garbled = withHeader(both, "Epistula-Signed-By", "x");
    expect(await code(garbled)).toBe("SIGNATURE_HEADER_CONFLICT");
  });

  test.each([
    { first: "both", sent: both },
    { first: "btauth half", sent: btauthHalf },
    { first: "Epistula half", sent: epistulaHalf },
  ])("is spent whole when its $first arrives first", async ({ sent }) => {
    const policy = policyOf();
    const answers = [sent, both, btauthHalf, epistulaHalf].map((headers) =>
      request(headers, { body }),
    );
    const codes: string[] = [];
    for (const answer of answers) codes.push(await codeOf(answer, policy));
    expect(codes).toEqual(["admitted", "REPLAY", "REPLAY", "REPLAY"]);
  });

  describe("with a uuid of its sender's choosing", () => {
    const chosen = new RequestSigner({ key: alice, interval: "none" }).sign({
      method: "POST",
      target: "/x",
      bodySha256: sha256(body),
      receiver: BOB,
      now: NOW,
      random: RANDOM,
      uuid: UUID,
    });
    const halves = {
      btauth: request(chosen.filter(isBtauth), { body }),
      epistula: request(
        chosen.filter((header) => !isBtauth(header)),
        { body },
      ),
    };

    test("is spent whole when both halves arrive together", async () => {
      const policy = policyOf();
      expect(await codeOf(request(chosen, { body }), policy)).toBe("admitted");
      expect(await codeOf(halves.epistula, policy)).toBe("REPLAY");
      expect(await codeOf(halves.btauth, policy)).toBe("REPLAY");
    });

    test("is spent whole on a route that reads its Epistula half", async () => {
      const { replay } = policyOf();
      const epistulaOnly = policyOf({ replay, schemes: ["epistula"] });
      expect(await codeOf(request(chosen, { body }), epistulaOnly)).toBe("admitted");
      expect(await codeOf(halves.btauth, policyOf({ replay }))).toBe("REPLAY");
    });

    test("is spent whole when somebody writes the uuid in upper case on the way", async () => {
      const policy = policyOf();
      const upper = withHeader(chosen, "Epistula-Uuid", UUID.toUpperCase());
      expect(await codeOf(request(upper, { body }), policy)).toBe("admitted");
      expect(await codeOf(halves.epistula, policy)).toBe("REPLAY");
    });
  });

  test("of which fifty arrive at once is let in once", async () => {
    const policy = policyOf();
    const codes = await Promise.all(
      Array.from({ length: 50 }, () => codeOf(request(both, { body }), policy)),
    );
    expect(codes.filter((answer) => answer === "admitted")).toHaveLength(1);
    expect(codes.filter((answer) => answer === "REPLAY")).toHaveLength(49);
  });
});

describe("a route", () => {
  const bearer = ["Authorization", "Bearer x"] as const;
  test.each<{ schemes: AuthScheme[]; headers: RawHeaders; code: string }>([
    { schemes: ["btauth"], headers: both, code: "admitted" },
    { schemes: ["btauth"], headers: epistulaHalf, code: "SCHEME_NOT_ALLOWED" },
    { schemes: ["epistula"], headers: both, code: "admitted" },
    { schemes: ["epistula"], headers: btauthHalf, code: "SCHEME_NOT_ALLOWED" },
    { schemes: ["btauth"], headers: [], code: "MISSING_AUTHORIZATION" },
    { schemes: ["btauth"], headers: [bearer], code: "MISSING_AUTHORIZATION" },
    { schemes: ["epistula"], headers: [], code: "MISSING_AUTHORIZATION" },
    { schemes: ["epistula"], headers: [bearer], code: "BAD_AUTH_SCHEME" },
    {
      schemes: ["epistula"],
      headers: withHeader(btauthHalf, "Epistula-Version", "2"),
      code: "MISSING_AUTHORIZATION",
    },
  ])("for $schemes answers $code", async ({ schemes, headers, code: expected }) => {
    expect(await code(headers, { schemes })).toBe(expected);
  });

  test("refuses Epistula from a sender that has moved to btauth", async () => {
    const hasUpgraded = (sender: string) => sender === ALICE;
    expect(await code(epistulaHalf, { hasUpgraded })).toBe("SCHEME_NOT_ALLOWED");
    expect(await code(btauthHalf, { hasUpgraded })).toBe("admitted");
    const charlies = sign({ key: charlie, schemes: ["epistula"] });
    expect(await code(charlies, { hasUpgraded })).toBe("admitted");
  });

  test("may demand that method and target are covered", async () => {
    const bound = sign({ schemes: ["epistula"], binding: true });
    expect(await code(bound, { binding: "required" })).toBe("admitted");
    expect(await code(epistulaHalf, { binding: "required" })).toBe("MISSING_HEADERS");
    expect(await code(btauthHalf, { binding: "required" })).toBe("admitted");
  });

  test.each(["", "v1", "v2 0x00", `0x${"00".repeat(64)}`, `v1 ${"00".repeat(64)}`])(
    "answers BAD_SIGNATURE_FORMAT to a binding that reads %j, unless it ignores bindings",
    async (value) => {
      const headers: RawHeaders = [...epistulaHalf, ["Epistula-Binding", value]];
      expect(await code(headers)).toBe("BAD_SIGNATURE_FORMAT");
      expect(await code(headers, { binding: "ignored" })).toBe("admitted");
    },
  );

  test("answers BAD_SIGNATURE to the binding of another request", async () => {
    const other = sign({ schemes: ["epistula"], binding: true }, NOW + 1);
    const binding = other.find(([name]) => name === "Epistula-Binding")?.[1];
    const headers = withHeader(epistulaHalf, "Epistula-Binding", binding);
    expect(await code(headers)).toBe("BAD_SIGNATURE");
  });
});

describe("admission", () => {
  const coldkey = coldkeyOf(charlie.publicKey);
  const standing = { uid: toUid(3), coldkey, stakeRao: toRao(5n), validatorPermit: true };

  test("gives the principal its standing", async () => {
    const admit: Admit = () => ({ admitted: true, standing });
    expect(await enter(request(both, { body }), policyOf({ admit }))).toMatchObject({
      principal: { standing },
    });
  });

  test.each([
    "SENDER_NOT_ALLOWED",
    "NOT_REGISTERED",
    "NO_PERMIT",
    "LOW_STAKE",
    "METAGRAPH_UNAVAILABLE",
    "RATE_LIMITED",
  ] as const)("turns a sender away as %s", async (reason) => {
    const admit: Admit = () => ({
      admitted: false,
      code: reason,
      detail: "no",
      retryAfterSeconds: 12,
    });
    expect(await enter(request(both, { body }), policyOf({ admit }))).toEqual({
      kind: "refused",
      code: reason,
      detail: "no",
      claimedSender: ALICE,
      retryAfterSeconds: 12,
    });
  });

  test("is not asked about requests that are out of shape, window or place", () => {
    const admit: Admit = () => {
      throw new Error("asked");
    };
    const policy = policyOf({ admit });
    const kindOf = (headers: RawHeaders, now = NOW) =>
      checkHeaders(request(headers), policy, now).kind;
    expect(kindOf([])).toBe("refused");
    expect(kindOf(both, NOW + 20_000)).toBe("refused");
    expect(kindOf(withHeader(both, "X-Bittensor-Receiver", ALICE))).toBe("refused");
    expect(() => kindOf(both)).toThrow("asked");
  });
});

describe("before the body is read", () => {
  test("too many headers are HEADERS_TOO_LARGE, signed or not", async () => {
    const large: RawHeaders = [...both, ["X-Large", "x".repeat(16_384)]];
    expect(await code(large)).toBe("HEADERS_TOO_LARGE");
    expect(await code(large, { maxHeaderBytes: 32_768 })).toBe("admitted");
    // Name, value, colon, space and line end.
    const sizeBytes = both.reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
    expect(await code(both, { maxHeaderBytes: sizeBytes })).toBe("admitted");
    expect(await code(both, { maxHeaderBytes: sizeBytes - 1 })).toBe("HEADERS_TOO_LARGE");
  });

  test("a length beyond the limit is BODY_TOO_LARGE, after everything else", async () => {
    const large: RawHeaders = [...both, ["content-length", "1048577"]];
    expect(await code(large)).toBe("BODY_TOO_LARGE");
    expect(await code(large, { maxBodyBytes: 1_048_577 })).toBe("admitted");
    expect(await code([...both, ["Content-Length", "lots"]])).toBe("BODY_TOO_LARGE");
    expect(await code([["Content-Length", "1048577"]])).toBe("MISSING_AUTHORIZATION");
  });

  test("header names match in any case, and raw lists of Node can be paired", async () => {
    const flat = both.flatMap(([name, value]) => [name.toUpperCase(), value]);
    expect(await code(pairRawHeaders(flat))).toBe("admitted");
    expect(pairRawHeaders(["a", "b", "c"])).toEqual([["a", "b"]]);
  });
});

describe("after the signature", () => {
  const signed = async (options: Partial<AuthPolicyOptions> = {}) => {
    const pending = checkHeaders(request(both, { body }), policyOf(options), NOW);
    if (pending.kind !== "pending") expect.unreachable();
    const outcome = await finish(pending, sha256(body));
    if (outcome.kind !== "signed") expect.unreachable();
    return outcome;
  };

  test("the age is not judged again, but a body held back too long is BODY_LATE", async () => {
    expect((await spendNonce(await signed(), NOW + 30_000)).kind).toBe("admitted");
    expect(await spendNonce(await signed(), NOW + 30_001)).toMatchObject({ code: "BODY_LATE" });
  });

  test("a copy whose body was held back while the first passed is REPLAY", async () => {
    let clock = NOW;
    const replay = replayMemory({ retentionMs: 42_000, now: () => clock });
    const policy = policyOf({ replay });
    const head = (now: number) => checkHeaders(request(both, { body }), policy, now);
    // The first as early as the window allows, the copy as late, its body as slow.
    const [early, late] = [head(NOW - 1999), head(NOW + 10_000)];
    if (early.kind !== "pending" || late.kind !== "pending") expect.unreachable();
    const [first, copy] = [await finish(early, sha256(body)), await finish(late, sha256(body))];
    if (first.kind !== "signed" || copy.kind !== "signed") expect.unreachable();
    clock = NOW - 1999;
    expect((await spendNonce(first, clock)).kind).toBe("admitted");
    clock = NOW + 39_999;
    expect(await spendNonce(copy, clock)).toMatchObject({ code: "REPLAY" });
  });

  test("a store that cannot tell is REPLAY_UNAVAILABLE, and nobody is let in", async () => {
    const cause = new CodedError("REDIS_DOWN", "no connection");
    const replay = { retentionMs: 60_000, rememberIfNew: () => Promise.reject(cause) };
    expect(await spendNonce(await signed({ replay }), NOW)).toMatchObject({
      kind: "refused",
      code: "REPLAY_UNAVAILABLE",
      retryAfterSeconds: 1,
      cause,
    });
  });

  test("a bug in the store is thrown on", async () => {
    const replay = { retentionMs: 60_000, rememberIfNew: () => Promise.reject(new TypeError("x")) };
    await expect(spendNonce(await signed({ replay }), NOW)).rejects.toThrow(TypeError);
  });

  test("the nonce of one sender is not that of another, nor of another subnet's neuron", async () => {
    const { replayKeys } = await signed();
    const nonce = both.find(([name]) => name === "X-Bittensor-Nonce")?.[1];
    const uuid = both.find(([name]) => name === "Epistula-Uuid")?.[1];
    const key = Buffer.from(alice.publicKey).toString("hex");
    expect(replayKeys).toEqual([`auth:7:${key}:b:${nonce}`, `auth:7:${key}:e:${uuid}`]);
  });

  test("nothing is checked inline when a pool checks, and its word counts", async () => {
    const pending = checkHeaders(request(both, { body }), policyOf(), NOW);
    if (pending.kind !== "pending") expect.unreachable();
    const asked: string[] = [];
    const pool = async (scheme: string) => {
      asked.push(scheme);
      return false;
    };
    expect(await finish(pending, sha256(body), pool)).toMatchObject({ code: "BAD_SIGNATURE" });
    expect(asked).toEqual(["sr25519"]);
    await expect(finish(pending, body)).rejects.toMatchObject({ code: "DIGEST_INVALID" });
  });
});

test("an Epistula answer of ours cannot be sent to us as a request of ours", async () => {
  const timestamp = String(NOW);
  const response = { bodySha256: sha256(body), uuid: UUID, timestamp };
  const [, signature] = signEpistulaResponse(bob, response, RANDOM);
  const headers: RawHeaders = [
    ["Epistula-Timestamp", timestamp],
    ["Epistula-Uuid", UUID],
    ["Epistula-Signed-By", BOB],
    ["Epistula-Signed-For", BOB],
    ["Epistula-Request-Signature", signature],
  ];
  expect(await code(headers)).toBe("BAD_SENDER");
});
