import { verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { challengeSeed, isEquivocation } from "../../src/index.ts";
import {
  auditSweepPeriod,
  BadTagRecord,
  badTagOf,
  decodeSweepAnswer,
  encodeSweepAnswer,
  grantDigest,
  grantedIndices,
  judgeSweep,
  keystreamAt,
  maskKey,
  masksAt,
  minerKey,
  type PeriodStatement,
  periodDigest,
  recordBadTag,
  SWEEP_PRIME,
  SweepEvidence,
  SweepTask,
  sweepChallengeOf,
  tagShard,
  verifyBadTag,
  verifySweep,
} from "../../src/sweep/index.ts";
import { flipped, heldShard, identNamed } from "../test-data.ts";
import { MINER, OTHER_MINER, VALIDATOR } from "../world.ts";
import { BEACON_BLOCK, type Held, PERIOD, SweepWorld } from "./sweep-world.ts";

const world = new SweepWorld();
const task = world.task();
const seed = challengeSeed(sweepChallengeOf(task));
const honest = world.answer(task);
const entries = [...world.tree.entries];
const { list } = world;
const verdict = (answer: Uint8Array, key = world.key) =>
  verifySweep({ seed, list, entries, answer }, key);
/** The index of the shard with three rows. */
const long = entries.findIndex(({ size }) => size === 30_000);
const ROW = 12_288;

/** Holds what it should but for one shard. */
const butFor =
  (at: number, change: (shard: NonNullable<ReturnType<Held>>) => ReturnType<Held>): Held =>
  (index) => {
    const shard = world.held(index);
    return shard !== null && index === at ? change(shard) : shard;
  };
const answered = (held: Held) => verdict(world.answer(task, held));
const swapRows = (bytes: Uint8Array, width: number) => {
  const [first, second] = [bytes.slice(0, width), bytes.slice(width, 2 * width)];
  return Uint8Array.from([...second, ...first, ...bytes.subarray(2 * width)]);
};

function decoded(bytes: Uint8Array) {
  const answer = decodeSweepAnswer(bytes, list);
  if (typeof answer === "string") throw new Error(`an honest answer came to ${answer}`);
  return answer;
}

describe("a miner that forges", () => {
  test("nothing passes when it is honest", () => {
    expect(verdict(honest)).toBeNull();
  });

  test("one row kept as the sum of two is MAC_MISMATCH", () => {
    const held = butFor(long, ({ sealed, tags }) => {
      const both = Uint8Array.from(sealed);
      for (let at = 0; at < ROW; at += 1) both[at] = (both[at] ?? 0) ^ (sealed[at + ROW] ?? 0);
      return { sealed: both.fill(0, ROW, 2 * ROW), tags };
    });
    expect(answered(held)).toBe("MAC_MISMATCH");
  });

  test("rows and tags of rows, shards, periods or miners swapped are MAC_MISMATCH", () => {
    expect(answered(butFor(long, (s) => ({ ...s, tags: swapRows(s.tags, 16) })))).toBe(
      "MAC_MISMATCH",
    );
    expect(answered(butFor(long, (s) => ({ ...s, sealed: swapRows(s.sealed, ROW) })))).toBe(
      "MAC_MISMATCH",
    );
    const [a, b] = [1, 2].map((rows) =>
      entries.findIndex(({ size }) => Math.ceil(size / ROW) === rows),
    );
    const other = world.held(b ?? 0);
    expect(
      answered(butFor(a ?? 0, (s) => ({ ...s, tags: other?.tags.slice(0, 16) ?? s.tags }))),
    ).toBe("MAC_MISMATCH");
    const { sealed, entry } = world.shards[long] ?? heldShard(seed, seed);
    const otherKeys = [
      minerKey(identNamed("another period"), world.parties.miner),
      minerKey(world.secret, hotkeyOf(OTHER_MINER.publicKey)),
    ];
    for (const key of otherKeys) {
      const held = butFor(long, (s) => ({ ...s, tags: tagShard(sealed, entry, key) }));
      expect(answered(held)).toBe("MAC_MISMATCH");
      expect(verdict(honest, key)).toBe("MAC_MISMATCH");
    }
  });

  test("numbers beyond the prime are FIELD_RANGE", () => {
    const { absent, sums } = decoded(honest);
    const [first = 0n, ...rest] = sums.columns;
    const columns = (value: bigint) => ({ absent, sums: { ...sums, columns: [value, ...rest] } });
    expect(verdict(encodeSweepAnswer(columns(first + SWEEP_PRIME)))).toBe("FIELD_RANGE");
    expect(verdict(encodeSweepAnswer(columns(SWEEP_PRIME)))).toBe("FIELD_RANGE");
    const tag = (value: bigint) => encodeSweepAnswer({ absent, sums: { ...sums, tag: value } });
    expect(verdict(tag(sums.tag + SWEEP_PRIME))).toBe("FIELD_RANGE");
    expect(verdict(tag(SWEEP_PRIME))).toBe("FIELD_RANGE");
  });

  test("more or fewer sums are LENGTH", () => {
    expect(verdict(Uint8Array.from([...honest, ...honest.subarray(-16)]))).toBe("LENGTH");
    expect(verdict(honest.subarray(0, -16))).toBe("LENGTH");
    expect(verdict(honest.subarray(0, 3))).toBe("LENGTH");
  });

  test("a shard conceded afterwards, with its rows subtracted, is MAC_MISMATCH", () => {
    // Sums without the shard, but under the coefficients of the full list.
    const without = butFor(long, ({ sealed, tags }) => ({
      sealed: new Uint8Array(sealed.length),
      tags: new Uint8Array(tags.length),
    }));
    const { sums } = decoded(world.answer(task, without));
    expect(verdict(encodeSweepAnswer({ absent: [long], sums }))).toBe("MAC_MISMATCH");
    expect(answered(butFor(long, () => null))).toBeNull();
  });

  test("conceding what was not asked, or twice, or out of order is ABSENT_ORDER", () => {
    const { sums } = decoded(honest);
    for (const absent of [[list.length], [0, 0], [1, 0]]) {
      expect(verdict(encodeSweepAnswer({ absent, sums }))).toBe("ABSENT_ORDER");
    }
  });

  test("guessed differences are MAC_MISMATCH", () => {
    const { absent, sums } = decoded(honest);
    const [first = 0n, ...rest] = sums.columns;
    for (const guess of [0n, 1n, 2n ** 96n, SWEEP_PRIME - 1n]) {
      const columns = [(first + 1n) % SWEEP_PRIME, ...rest];
      const tag = (sums.tag + guess) % SWEEP_PRIME;
      expect(verdict(encodeSweepAnswer({ absent, sums: { columns, tag } }))).toBe("MAC_MISMATCH");
    }
  });

  test("other content has other masks, so that a difference of tags says nothing of weights", () => {
    const { sealed, entry } = world.shards[long] ?? heldShard(seed, seed);
    const altered = heldShard(entry.shardId, flipped(sealed, 0));
    const range = { from: 0, rows: 3 };
    const masks = [entry, altered.entry].map((each) => masksAt(maskKey(world.key, each), range));
    expect(masks[0]).not.toEqual(masks[1]);
  });

  test("the same plain shard under two hotkeys needs two sealed copies", () => {
    const held = butFor(long, ({ sealed, tags }) => ({
      sealed: keystreamAt(identNamed("seal of the other hotkey"), 0, sealed.length),
      tags,
    }));
    expect(answered(held)).toBe("MAC_MISMATCH");
  });
});

describe("a recorded sweep", () => {
  const evidence = world.evidence(task, honest, 1);
  const opened = { ...evidence, period_secret: toHex(world.secret) };

  test("parses as it was recorded", () => {
    expect(SweepTask.parse(JSON.parse(JSON.stringify(task)))).toEqual(task);
    expect(SweepEvidence.parse(JSON.parse(JSON.stringify(opened)))).toEqual(opened);
  });

  test("is the validator's word before the reveal and anybody's afterwards", () => {
    expect(judgeSweep(task, evidence, null)).toMatchObject({
      basis: "claimed",
      outcome: { kind: "passed" },
    });
    const rejected = world.evidence(task, honest, 0);
    expect(judgeSweep(task, rejected, null).outcome).toEqual({ kind: "failed", reason: "CLAIMED" });
    expect(judgeSweep(task, opened, world.holdings())).toMatchObject({
      basis: "recomputed",
      outcome: { kind: "passed" },
      present: list,
    });
  });

  test("is unknown when its record does not hold", () => {
    const reasonOf = (...args: Parameters<typeof judgeSweep>) => {
      const { outcome } = judgeSweep(...args);
      return outcome.kind === "unknown" ? outcome.reason : outcome.kind;
    };
    expect(reasonOf(task, { ...evidence, verdict: 0 }, null)).toBe("SIGNATURE");
    expect(reasonOf({ ...task, slot: 2 }, opened, world.holdings())).toBe("SIGNATURE");
    expect(reasonOf(task, { ...opened, received_ms: 7_000 }, null)).toBe("DEADLINE");
    expect(reasonOf(task, { ...opened, period_secret: toHex(seed) }, world.holdings())).toBe(
      "KEY_WRONG",
    );
    expect(reasonOf(task, opened, null)).toBe("INVENTORY_MISSING");
    const other = { ...world.holdings(), inventory: new SweepWorld([5]).tree };
    expect(reasonOf(task, opened, other)).toBe("INVENTORY_MISSING");
  });

  test("fails for what is conceded, and names what was not", () => {
    const answer = world.answer(
      task,
      butFor(long, () => null),
    );
    const conceded = { ...world.evidence(task, answer, 0), period_secret: toHex(world.secret) };
    expect(judgeSweep(task, conceded, world.holdings())).toEqual({
      basis: "recomputed",
      outcome: { kind: "failed", reason: "SHARD_CONCEDED" },
      present: list.filter((index) => index !== long),
    });
  });

  test("sweeps only shards with a grant for the period and these bytes", () => {
    const grants = list.map((at) => world.grant(at).grant);
    expect(grantedIndices(world.tree.entries, grants, PERIOD)).toEqual(list);
    expect(grantedIndices(world.tree.entries, grants, PERIOD + 1)).toEqual([]);
    expect(grantedIndices(world.tree.entries, grants.slice(1), PERIOD)).toEqual(list.slice(1));
    const other = grants.map((grant) => ({ ...grant, root: seed }));
    expect(grantedIndices(world.tree.entries, other, PERIOD)).toEqual([]);
  });
});

describe("a period whose secret is out", () => {
  const bad = butFor(long, (s) => ({ ...s, sealed: flipped(s.sealed, 100) }));
  const one = (records: Parameters<typeof auditSweepPeriod>[0]) => {
    const audit = auditSweepPeriod(records);
    return { period: audit.finding, ...audit.sweeps[0] };
  };

  test("confirms honest verdicts", () => {
    const passed = {
      period: null,
      basis: "recomputed",
      finding: null,
      outcome: { kind: "passed" },
    };
    expect(one(world.records(world.record()))).toEqual(passed);
    const failed = one(world.records(world.record(bad, 0)));
    expect(failed.outcome).toEqual({ kind: "failed", reason: "MAC_MISMATCH" });
    expect(failed.finding).toBeNull();
  });

  test("shows an accepted bad answer as FORGED_ACCEPT and a rejected good one as FORGED_REJECT", () => {
    expect(one(world.records(world.record(bad, 1))).finding).toBe("FORGED_ACCEPT");
    const rejected = one(world.records(world.record(world.held, 0)));
    expect(rejected.finding).toBe("FORGED_REJECT");
    expect(rejected.outcome).toEqual({ kind: "passed" });
  });

  test("with another secret than the committed one is KEY_WRONG", () => {
    const records = world.records(world.record());
    const reveal = { secret: identNamed("another"), block: records.reveal?.block ?? 0 };
    expect(one({ ...records, reveal })).toMatchObject({
      period: "KEY_WRONG",
      outcome: { kind: "unknown", reason: "KEY_WRONG" },
    });
  });

  test("whose secret is withheld leaves verdicts unknown, and before that they are claims", () => {
    const records = { ...world.records(world.record()), reveal: null };
    expect(one(records)).toMatchObject({ period: null, basis: "claimed" });
    expect(one({ ...records, now: 7200 * (PERIOD + 2) })).toMatchObject({
      period: "KEY_WITHHELD",
      outcome: { kind: "unknown", reason: "KEY_WITHHELD" },
    });
  });

  test("with a commitment that came late proves nothing", () => {
    const records = world.records(world.record());
    const commitment = { value: world.commitment, anchoredBlock: 7200 * PERIOD };
    expect(one({ ...records, commitment }).period).toBe("PLAN_UNANCHORED");
    expect(one({ ...records, commitment: null }).period).toBe("PLAN_UNANCHORED");
  });

  test("voids answers anchored after the reveal as ANSWER_LATE", () => {
    const records = world.records();
    const block = records.reveal?.block ?? 0;
    for (const anchoredBlock of [block, block + 1, null]) {
      const late = { ...records, sweeps: [{ ...world.record(), anchoredBlock }] };
      expect(one(late)).toMatchObject({
        finding: "ANSWER_LATE",
        outcome: { kind: "unknown", reason: "ANSWER_LATE" },
      });
    }
  });

  test("voids what came after its secret was burned, and nothing before", () => {
    const records = world.records(world.record());
    const burned = (burnedBlock: number) => one({ ...records, burnedBlock }).outcome;
    expect(burned(BEACON_BLOCK)).toEqual({ kind: "unknown", reason: "KEY_BURNED" });
    expect(burned(BEACON_BLOCK + 61)).toEqual({ kind: "passed" });
  });

  test("clears a miner that was set up with wrong tags", async () => {
    const tags = flipped(world.tags[long] ?? seed, 16);
    const framed = world.record(
      butFor(long, ({ sealed }) => ({ sealed, tags })),
      0,
    );
    const records = world.records(framed);
    expect(one(records).outcome).toEqual({ kind: "failed", reason: "MAC_MISMATCH" });
    const proof = await world.proof(long, 1, tags);
    expect(verifyBadTag(proof, world.commitment, verifySr25519Fast)).toBeNull();
    const { miner, shardId } = proof.grant.grant;
    expect(one({ ...records, badTags: [{ miner, shardId }] })).toMatchObject({
      finding: "BAD_TAG",
      outcome: { kind: "unknown", reason: "BAD_TAG" },
    });
    const elsewhere = [{ miner, shardId: identNamed("another shard") }];
    expect(one({ ...records, badTags: elsewhere }).finding).toBeNull();
  });
});

describe("a proof of a bad tag", () => {
  const fault = (proof: Parameters<typeof verifyBadTag>[0]) =>
    verifyBadTag(proof, world.commitment, verifySr25519Fast);

  test("shows nothing about honest tags, in any row", async () => {
    for (const [at, { size }] of entries.entries()) {
      for (let row = 0; row < Math.ceil(size / ROW); row += 1) {
        expect(fault(await world.proof(at, row))).toBe("TAG_HONEST");
      }
    }
  });

  test("is as short as promised and survives being logged", async () => {
    const proof = await world.proof(long, 1, flipped(world.tags[long] ?? seed, 17));
    const record = recordBadTag(proof);
    expect(BadTagRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(badTagOf(record)).toEqual(proof);
    expect(fault(badTagOf(record))).toBeNull();
  });

  test("shows nothing when any part is not the signed one", async () => {
    const tags = flipped(world.tags[long] ?? seed, 17);
    const proof = await world.proof(long, 1, tags);
    expect(fault(proof)).toBeNull();
    const { grant } = proof;
    expect(fault({ ...proof, row: 3 })).toBe("LENGTH");
    expect(fault({ ...proof, period: PERIOD + 1 })).toBe("LENGTH");
    expect(fault({ ...proof, secret: seed })).toBe("KEY_WRONG");
    expect(fault({ ...proof, grant: { ...grant, minerSignature: seed } })).toBe("SIGNATURE");
    expect(fault({ ...proof, row: 0 })).toBe("SHARD_ROOT");
    expect(fault({ ...proof, leaves: proof.leaves.slice(1) })).toBe("LENGTH");
    const leaves = proof.leaves.map((leaf, at) => (at === 0 ? flipped(leaf, 0) : leaf));
    expect(fault({ ...proof, leaves })).toBe("SHARD_ROOT");
    expect(fault({ ...proof, leafHashes: [...proof.leafHashes, seed] })).toBe("SHARD_ROOT");
    expect(fault({ ...proof, tagPiece: flipped(proof.tagPiece, 17) })).toBe("TAG_ROOT");
    expect(fault({ ...proof, tagPath: [seed] })).toBe("TAG_ROOT");
  });
});

describe("two statements of one key", () => {
  const signed = (said: PeriodStatement) => ({
    statement: { kind: "period", said } as const,
    signature: VALIDATOR.sign(periodDigest(said)),
  });
  const { period } = world;

  test("about one period are equivocation, unless they say the same or of another kind", () => {
    const commitment = (name: string) =>
      signed({ kind: "commitment", period, commitment: identNamed(name) });
    const reveal = (name: string) => signed({ kind: "reveal", period, secret: identNamed(name) });
    const [a, b] = [commitment("a"), commitment("b")];
    expect(isEquivocation(a, b, verifySr25519Fast)).toBe(true);
    expect(isEquivocation(a, commitment("a"), verifySr25519Fast)).toBe(false);
    expect(isEquivocation(reveal("a"), reveal("b"), verifySr25519Fast)).toBe(true);
    expect(isEquivocation(reveal("a"), b, verifySr25519Fast)).toBe(false);
    const later = { ...period, period: PERIOD + 1 };
    const other = signed({ kind: "commitment", period: later, commitment: identNamed("b") });
    expect(isEquivocation(a, other, verifySr25519Fast)).toBe(false);
    expect(isEquivocation(a, { ...b, signature: MINER.sign(seed) }, verifySr25519Fast)).toBe(false);
  });

  test("about one shard's tags from one period on are equivocation", () => {
    const granted = (at: number, name: string) => {
      const grant = { ...world.grant(at).grant, tagRoots: [identNamed(name)] };
      return {
        statement: { kind: "grant", grant } as const,
        signature: VALIDATOR.sign(grantDigest(grant)),
      };
    };
    expect(isEquivocation(granted(0, "a"), granted(0, "b"), verifySr25519Fast)).toBe(true);
    expect(isEquivocation(granted(0, "a"), granted(1, "b"), verifySr25519Fast)).toBe(false);
  });
});

test("data of many pieces and a tag file of two are one shard still", {
  timeout: 60_000,
}, async () => {
  const big = new SweepWorld([260 * ROW + 1]);
  const own = big.task();
  const records = big.records({ ...big.record(), task: own });
  expect(auditSweepPeriod(records).sweeps[0]?.outcome).toEqual({ kind: "passed" });
  const tags = flipped(big.tags[0] ?? seed, 16 * 259);
  const proof = await big.proof(0, 259, tags);
  expect(verifyBadTag(proof, big.commitment, verifySr25519Fast)).toBeNull();
});
