import { keypairFromSeed } from "@neurond/crypto";
import { ONE } from "@neurond/incentive";
import type { Finding, ScoreRun, TrackedEntry } from "@neurond/ingest";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { type Predecessor, stateExports } from "../src/index.ts";

export const HOUR = 3_600_000_000;
const AS_OF = 489_000 * HOUR;

export const pair = (byte: number) => keypairFromSeed(new Uint8Array(32).fill(byte));
const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
export const VALIDATOR = key(1);
const AGREES = { l1: 0n, maxDelta: 0n, agrees: true, spearman: null, kendall: null };

/** Scores of two miners, one to two, after two verified hours. */
export const run: ScoreRun = {
  source: VALIDATOR,
  asOf: AS_OF,
  profile: "compute_units",
  inputsRoot: `0x${"ab".repeat(32)}`,
  inputs: { instances: `0x${"cd".repeat(32)}` },
  block: 700,
  createdMs: 1_760_000_000_000,
  hours: 2,
  isComplete: true,
  reconciled: false,
  total: 3n,
  rows: [row(key(11), 3, 1n, ONE / 3n), row(key(12), 4, 2n, (2n * ONE) / 3n + 1n)],
  metagraph: AGREES,
  weights: null,
  published: AGREES,
};

function row(hotkey: ReturnType<typeof key>, uid: number, score: bigint, share: bigint) {
  return { hotkey, uid, score, share, actual: share, weight: null, published: share, raw: {} };
}

export const entries: readonly TrackedEntry[] = [2, 1].map((hoursAgo) => entry(hoursAgo));

export function entry(hoursAgo: number, parts: Partial<TrackedEntry> = {}): TrackedEntry {
  return {
    source: VALIDATOR,
    entryId: `86364812-0b02-5514-81a7-76ca4157429${hoursAgo}`,
    reporter: "validator",
    hotkey: VALIDATOR,
    block: 600 + hoursAgo,
    path: "",
    createdAt: AS_OF,
    startTime: AS_OF - hoursAgo * HOUR,
    endTime: AS_OF - (hoursAgo - 1) * HOUR,
    step: "SCORED",
    reportSha256: "ef".repeat(32),
    generation: "g3",
    hasInvocations: false,
    uptime: null,
    verification: {
      status: "VERIFIED",
      method: "body_event",
      committed: "ef".repeat(32),
      foundBlock: 600,
      blockTime: null,
      checkedMs: 1,
    },
    problem: null,
    detail: null,
    failures: 0,
    nextTryMs: null,
    ...parts,
  };
}

/** A statement over the sample, with other parts if given. */
export function stated(
  signer = pair(7),
  parts: {
    readonly run?: Partial<ScoreRun>;
    readonly entries?: readonly TrackedEntry[];
    readonly findings?: readonly Finding[];
    readonly previous?: Predecessor;
  } = {},
) {
  return stateExports(
    {
      netuid: toNetuid(64),
      run: { ...run, ...parts.run },
      entries: parts.entries ?? entries,
      findings: parts.findings ?? [],
      software: { name: "neurond", version: "1.2.3" },
    },
    { previous: parts.previous ?? null, madeMs: 1_760_000_000_500, signer },
  );
}
