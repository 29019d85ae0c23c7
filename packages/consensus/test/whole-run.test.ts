import {
  aggregate,
  checkEvidence,
  commitmentsOf,
  payProportionally,
  type Sighting,
  signEvidence,
  sortReports,
  viewRoot,
  weightVector,
} from "@neurond/consensus";
import { type Keypair, verifySr25519Fast } from "@neurond/crypto";
import {
  checkReport,
  commitmentOf,
  encodeScoresCommitment,
  familyOf,
  Log,
  MemoryLogStorage,
  type Observation,
  parseScoresCommitment,
  replay,
  type SignedReport,
  scoreRun,
  scoresHash,
  signReport,
} from "@neurond/ledger";
import {
  canonicalJson,
  hotkeyOf,
  toBlockNumber,
  toHex,
  toMicro,
  toRunId,
  toUid,
} from "@neurond/primitives";
import { defineWorkload, failed, meanScore, passed } from "@neurond/workload";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { keys, m0, m1, m2 } from "./people.ts";

/** Pays for doubling a number. */
const double = defineWorkload({
  name: "double/1",
  task: z.strictObject({ number: z.int() }),
  evidence: z.strictObject({ answer: z.int() }),
  sample: () => [],
  verify: ({ number }, { answer }) => (answer === 2 * number ? passed() : failed("ANSWER_WRONG")),
  score: meanScore,
});
const runId = toRunId("run-7");
const familyId = familyOf(double.name);
const uids = new Map([m0, m1, m2].map((miner, index) => [miner, toUid(index + 1)] as const));
/** What each miner answers to 1, 2, 3 and 4: the second is wrong once, the third always. */
const answers = new Map([
  [m0, [2, 4, 6, 8]],
  [m1, [2, 4, 6, 9]],
  [m2, [0, 0, 0, 0]],
]);

/** One validator's run: observe, record, score, report. A liar reports a friend's score as full. */
async function runOf(key: Keypair, lies: boolean) {
  const validator = hotkeyOf(key.publicKey);
  const observations = [...answers].flatMap(([miner, given]) =>
    given.map((answer, slot): Observation => {
      const task = { number: slot + 1 };
      const times = { block: 700, sent_ms: 1000, received_ms: 1001 };
      const who = { v: 1, netuid: 1, validator, run_id: runId, miner } as const;
      const outcome = double.verify(task, { answer });
      const what = { workload: double.name, slot, task, evidence: { answer }, outcome };
      return { kind: "observation", ...who, ...times, ...what };
    }),
  );
  const log = new Log(new MemoryLogStorage());
  await log.append(observations);
  const head = await log.head();
  const { scores, taskCounts } = scoreRun(double, observations);
  const told = new Map<typeof m0, number>(scores);
  if (lies) told.set(m2, 1_000_000);
  const report = signReport(
    {
      runId,
      familyId,
      scores: told,
      taskCounts,
      timeMs: 2000,
      checkpoint: { size: head.size, root: toHex(head.root).slice(2) },
      configHash: "00".repeat(32),
      salt: key.publicKey,
    },
    key,
  );
  return { validator, observations, report };
}

describe("a run of four validators, the last of them lying", async () => {
  const runs = await Promise.all(keys.map((key, index) => runOf(key, index === 3)));
  const stakes = new Map(runs.map(({ validator }) => [validator, 25n * 10n ** 14n] as const));
  const onChain = runs.map(({ validator, report }, index): Sighting => {
    const payload = encodeScoresCommitment(commitmentOf(report));
    const commitment = parseScoresCommitment(payload);
    if (commitment === null) throw new Error("our own commitment does not parse");
    return { validator, block: toBlockNumber(1000), extrinsicIndex: index, commitment };
  });
  const first = commitmentsOf(onChain, runId).first;

  /** What any validator, or an auditor, makes of the texts it fetched. */
  function agree(texts: readonly string[]) {
    const accepted = texts.flatMap((text) => {
      const validator = JSON.parse(text).validator_hotkey;
      const checked = checkReport(text, {
        validator,
        runId,
        familyId,
        nowMs: 3000,
        verify: verifySr25519Fast,
        commitment: first.get(validator)?.commitment ?? null,
        requireCommitment: true,
      });
      return checked.ok ? [checked.report] : [];
    });
    const { reports, conflicts } = sortReports(accepted);
    const scores = new Map([...reports].map(([who, report]) => [who, report.scores] as const));
    const self = runs[0]?.validator ?? m0;
    const result = aggregate({ stakes, reports: scores, candidates: uids.keys(), self });
    const hashes = new Map([...reports].map(([who, report]) => [who, scoresHash(report)] as const));
    const root = viewRoot({ runId, familyId, close: toBlockNumber(1000), stakes, reports: hashes });
    const payout = payProportionally(toMicro(1_000_000), result.medians);
    return { result, conflicts, root, vector: weightVector([payout], uids) };
  }
  const texts = runs.map(({ report }) => canonicalJson(report));

  test("ends with the friend at zero and the honest scores on chain", () => {
    const { result, vector } = agree(texts);
    expect([...result.medians.values()]).toEqual([1_000_000, 750_000, 0]);
    expect(vector.weights).toEqual([
      { uid: 1, value: 65_535 },
      { uid: 2, value: 49_151 },
    ]);
  });

  test("comes to the same view and vector in whatever order reports arrive", () => {
    const [here, there] = [agree(texts), agree(texts.toReversed())];
    expect(there.root).toBe(here.root);
    expect(there.vector).toEqual(here.vector);
  });

  test("names the liar, and nobody else, to whoever replays the record", () => {
    const liars = runs.filter(({ observations, report }) => {
      const reported = new Map([[familyId, report]]);
      const { differences } = replay({ runId, observations, workloads: [double], reported });
      return differences.length > 0;
    });
    expect(liars.map(({ validator }) => validator)).toEqual([runs[3]?.validator]);
  });

  test("drops a second report that was not committed, and convicts by it", async () => {
    const [key, run] = [keys[2], runs[2]];
    if (!key || !run) expect.unreachable();
    const other = await runOf(key, true);
    const { result } = agree([...texts, canonicalJson(other.report)]);
    expect(result.quorum.heard).toBe(100n * 10n ** 14n);
    const pair: readonly [SignedReport, SignedReport] = [run.report, other.report];
    const evidence = signEvidence(
      { kind: "double_report", a: pair[0], b: pair[1] },
      { validator: run.validator, runId, familyId },
      4000,
      keys[0] ?? key,
    );
    expect(checkEvidence(evidence, verifySr25519Fast)).toEqual({ proven: true, facts: [] });
  });
});
