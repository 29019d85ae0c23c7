import { hotkeyOf } from "@neurond/primitives";
import { describe, expect, it, test } from "vitest";
import { type DoorAnswer, PeerDialects } from "../src/peer-dialects.ts";

const peer = hotkeyOf(new Uint8Array(32).fill(1));
const answer = (words: string, { status = 401, offers = "" } = {}): DoorAnswer => ({
  status,
  offers,
  words,
});

describe("the dialect of a peer", () => {
  it("is both for a stranger, and what it advertises from then on", () => {
    const dialects = new PeerDialects();
    expect(dialects.of(peer)).toBe("both");
    dialects.advertised(peer, ["epistula/2"]);
    expect(dialects.of(peer)).toBe("epistula");
    dialects.advertised(peer, ["btauth/1", "epistula/2"]);
    expect(dialects.of(peer)).toBe("btauth");
    dialects.advertised(peer, ["something/9"]);
    expect(dialects.of(peer)).toBe("btauth");
  });

  it("is what it took last, and both teaches nothing", () => {
    const dialects = new PeerDialects();
    dialects.took(peer, "both");
    expect(dialects.of(peer)).toBe("both");
    dialects.took(peer, "epistula");
    expect(dialects.of(peer)).toBe("epistula");
  });

  it("is btauth alone once a peer that let both in offers it", () => {
    const dialects = new PeerDialects();
    dialects.took(peer, "both", "btauth/1");
    expect(dialects.of(peer)).toBe("btauth");
    dialects.took(peer, "epistula", "Basic realm=x");
    expect(dialects.of(peer)).toBe("epistula");
  });

  it("is btauth next time once a peer of Epistula offers it, whatever it refused for", () => {
    const dialects = new PeerDialects();
    dialects.took(peer, "epistula");
    const stale = answer("STALE", { offers: "btauth/1" });
    expect(dialects.afterRefusal(peer, "epistula", stale)).toBeUndefined();
    expect(dialects.of(peer)).toBe("btauth");
  });

  it("is forgotten for the peer learnt least lately when there are too many", () => {
    const dialects = new PeerDialects(2);
    const peers = [1, 2, 3].map((byte) => hotkeyOf(new Uint8Array(32).fill(byte)));
    for (const each of peers) dialects.took(each, "btauth");
    expect(peers.map((each) => dialects.of(each))).toEqual(["both", "btauth", "btauth"]);
  });
});

describe("after a refusal", () => {
  const offers = "btauth/1";
  test.each([
    ["btauth", answer("Missing Epistula authentication headers"), "epistula"],
    ["btauth", answer('{"detail":"Authorization header required"}'), "epistula"],
    ["btauth", answer("Unknown Epistula version", { status: 400 }), "epistula"],
    ["btauth", answer("BAD_SIGNATURE"), undefined],
    ["btauth", answer("NOT_REGISTERED", { status: 403 }), undefined],
    ["epistula", answer("SCHEME_NOT_ALLOWED", { offers }), "btauth"],
    ["epistula", answer("SCHEME_NOT_ALLOWED"), undefined],
    ["epistula", answer("BAD_SIGNATURE", { offers }), undefined],
    ["both", answer("Authorization signature mismatch"), "epistula"],
    ["both", answer("SIGNATURE_HEADER_CONFLICT", { offers }), "btauth"],
    ["both", answer("MALFORMED_AUTH"), "epistula"],
    ["both", answer("", { status: 431 }), "epistula"],
    ["both", answer("REPLAY", { offers }), undefined],
    ["both", answer("too little stake", { status: 403 }), undefined],
  ] as const)("of %s with %j, %s is tried", (sent, refusal, expected) => {
    expect(new PeerDialects().afterRefusal(peer, sent, refusal)).toBe(expected);
  });
});
