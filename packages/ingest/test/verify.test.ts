import { parseHotkey } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { REACH, verifyClaim } from "../io/index.ts";
import type { FirstMethod, SignedAnswer, StoredAnswer, Witness } from "../src/index.ts";

const hotkey = parseHotkey("5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ");
const [ours, other] = ["ab".repeat(32), "cd".repeat(32)];
const claim = { hotkey, block: 100, digest: ours };
const signal = new AbortController().signal;

const body = (...digests: (string | null)[]): SignedAnswer => ({
  kind: "body",
  digests,
  blockTime: 5,
  isConfirmed: true,
  isFollowed: false,
});
const gone = { kind: "gone", detail: "State already discarded" } as const;
const failed = { kind: "failed", detail: "no answer" } as const;
const stored = (block: number, digest: string | null): StoredAnswer => ({
  kind: "stored",
  block,
  digest,
});

/** A chain that answers this of the claim's block, and of others what `near` says. */
function witnessOf(
  signed: SignedAnswer,
  state: StoredAnswer,
  near: Readonly<Record<number, SignedAnswer>> = {},
): Witness<AbortSignal> & { asked: number[] } {
  const asked: number[] = [];
  const empty = signed.kind === "body" ? body() : signed;
  return {
    asked,
    finalized: async () => 1_000,
    async signed(block) {
      asked.push(block);
      return block === claim.block ? signed : (near[block] ?? empty);
    },
    stored: async () => state,
    rows: async () => gone,
  };
}

const verify = (witness: Witness<AbortSignal>, first: FirstMethod = "body", finalized = 1_000) =>
  verifyClaim(witness, claim, { first, reach: REACH, finalized, nowMs: 7 }, signal);

describe("a digest", () => {
  it("in the body of its block is verified, and nothing more is asked", async () => {
    const witness = witnessOf(body(null, ours), failed);
    expect(await verify(witness)).toEqual({
      status: "VERIFIED",
      method: "body_event",
      committed: ours,
      foundBlock: 100,
      blockTime: 5,
      checkedMs: 7,
    });
    expect(witness.asked).toEqual([100]);
  });

  it.each<[string, SignedAnswer, StoredAnswer, string, string]>([
    ["another in the body", body(other), failed, "MISMATCH", "body_event"],
    ["nothing in the body, the state has it", body(), stored(100, ours), "VERIFIED", "storage"],
    [
      "nothing in the body, the state has another",
      body(),
      stored(100, other),
      "MISMATCH",
      "storage",
    ],
    ["an older one in the state", body(), stored(90, other), "MISSING", "none"],
    ["an older equal one in the state", body(), stored(90, ours), "MISSING", "none"],
    ["a field that is no digest", body(null), { kind: "none" }, "MISSING", "none"],
    ["no body, the state has it", gone, stored(100, ours), "VERIFIED", "storage"],
    ["no body, the state has none", gone, { kind: "none" }, "MISSING", "none"],
    ["neither body nor state", gone, gone, "UNVERIFIABLE", "none"],
    ["no body and no answer", gone, failed, "RPC_ERROR", "none"],
    ["no answer at all", failed, failed, "RPC_ERROR", "none"],
    ["a body without it and no answer", body(), failed, "RPC_ERROR", "none"],
    ["a body without it and no state", body(), gone, "MISSING", "none"],
  ])("with %s is judged by it", async (_, signed, state, status, method) => {
    expect(await verify(witnessOf(signed, state))).toMatchObject({ status, method });
  });

  it("that a reorganisation moved is found nearby, nearest first, up to sixteen blocks", async () => {
    const near = { 103: body(ours), 84: body(ours), 117: body(ours) };
    expect(await verify(witnessOf(body(), { kind: "none" }, near))).toMatchObject({
      status: "VERIFIED",
      foundBlock: 103,
    });
    const far = witnessOf(body(), { kind: "none" }, { 117: body(ours), 83: body(ours) });
    expect(await verify(far)).toMatchObject({ status: "MISSING", foundBlock: null });
    expect(far.asked).toHaveLength(1 + 2 * REACH);
  });

  it("in a block that is not final yet is not found", async () => {
    const near = { 103: body(ours) };
    const witness = witnessOf(body(), { kind: "none" }, near);
    expect(await verify(witness, "body", 102)).toMatchObject({ status: "MISSING" });
  });

  it("of another hour in a block nearby accuses nobody", async () => {
    const witness = witnessOf(body(), { kind: "none" }, { 101: body(other) });
    expect(await verify(witness)).toMatchObject({ status: "MISSING", committed: null });
  });

  it("is asked of the state first where that is wanted, and of the body when the state is gone", async () => {
    const fromState = witnessOf(body(other), stored(100, ours));
    expect(await verify(fromState, "storage")).toMatchObject({ method: "storage" });
    expect(fromState.asked).toEqual([]);
    const fromBody = witnessOf(body(ours), gone);
    expect(await verify(fromBody, "storage")).toMatchObject({ method: "body_event" });
  });
});
