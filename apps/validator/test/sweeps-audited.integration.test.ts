import { fromHex, toHex } from "@neurond/primitives";
import {
  challengeSeed,
  DOCUMENT,
  PlanBody,
  responseHash,
  verdictDigest,
} from "@neurond/workload-storage";
import { SweepEvidence, SweepTask, sweepChallengeOf } from "@neurond/workload-storage/sweep";
import { expect, test } from "vitest";
import type { ValidatorParts } from "../src/index.ts";
import type { WorkloadEntry } from "../src/workload-entry.ts";
import { workloadsOf } from "../src/workloads.ts";
import { audited } from "./support/audited.ts";
import { all, flipOneBit, SweepWorld, URIS, VALIDATOR } from "./support/sweep-world.ts";
import type { TaggedMiner } from "./support/tagged-miner.ts";
import { key } from "./support/world.ts";

/** A validator's storage, but for what a test makes it do. */
const changed =
  (change: (entry: WorkloadEntry) => WorkloadEntry): NonNullable<ValidatorParts["workloads"]> =>
  (deps) =>
    workloadsOf(deps).map(change);

/** A chain, a validator and an auditor in one process: patience for busy machines. */
const PATIENCE = { timeout: 240_000 };

/** Stores, loses a bit at the first miner, sweeps, and goes on until the period's secret is out. */
async function lifeOf(sweeps: SweepWorld): Promise<{ swept: number; revealing: number }> {
  const swept = await sweeps.firstSwept();
  await sweeps.store("story", 300_000);
  await flipOneBit(sweeps.miners[0] as TaggedMiner);
  await sweeps.probed(swept);
  await sweeps.probed(swept + 4);
  const [reveal] = await sweeps.documents(DOCUMENT.reveal);
  return { swept, revealing: reveal === undefined ? swept + 4 : indexOf(reveal.run_id) };
}

const indexOf = (runId: string) => Number(runId.slice(4));

test(
  "an honest validator's sweeps are judged again when the secret is out, and hold",
  PATIENCE,
  async () => {
    await using sweeps = await SweepWorld.begin();
    const { swept, revealing } = await lifeOf(sweeps);
    expect(await sweeps.outcomes(swept, 1)).toEqual({ ...all("passed"), [URIS[0]]: "failed" });
    const found = await audited(sweeps, revealing);
    expect(found).toEqual({});
  },
);

test(
  "a validator that signs a pass for a miner without the data is convicted by its own secret",
  PATIENCE,
  async () => {
    const lying = changed((entry) => ({
      ...entry,
      async prober(miner, task, given) {
        const evidence = await entry.prober(miner, task, given);
        const asked = SweepTask.safeParse(task);
        const claimed = SweepEvidence.safeParse(evidence);
        if (!asked.success || !claimed.success) return evidence;
        return forged(asked.data, claimed.data);
      },
    }));
    await using sweeps = await SweepWorld.begin({ workloads: lying });
    const { swept, revealing } = await lifeOf(sweeps);
    expect(await sweeps.outcomes(swept, 1)).toEqual(all("passed"));
    const found = await audited(sweeps, revealing);
    expect(found).toEqual({ FORGED_ACCEPT: { kind: "proven", miner: URIS[0] } });
  },
);

test("a validator that keeps its secret is told of, once it is due", PATIENCE, async () => {
  const withholding = changed((entry) => ({
    ...entry,
    async plan(planned, given) {
      const documents = await entry.plan(planned, given);
      return documents
        .filter(({ type }) => type !== DOCUMENT.reveal)
        .map((document) => {
          const plan = PlanBody.safeParse(document.body).data;
          if (document.type !== DOCUMENT.plan || plan?.periods === undefined) return document;
          const { first } = plan.periods;
          return { ...document, body: { ...plan, periods: { ...plan.periods, revealed: first } } };
        });
    },
  }));
  await using sweeps = await SweepWorld.begin({ workloads: withholding });
  const { swept } = await lifeOf(sweeps);
  // Two periods of two runs after it began, it is due; a run is audited when it is closed.
  await sweeps.probed(swept + 6);
  expect(await audited(sweeps, swept + 4)).toEqual({
    KEY_WITHHELD: { kind: "asserted", miner: undefined },
  });
});

/** The same evidence with a pass, as a validator would sign it. */
function forged(task: SweepTask, evidence: SweepEvidence): SweepEvidence {
  const challenge = challengeSeed(sweepChallengeOf(task));
  const digest = verdictDigest({
    challenge,
    response: responseHash(challenge, fromHex(evidence.answer)),
    verdict: 1,
    sentMs: evidence.sent_ms,
    receivedMs: evidence.received_ms,
  });
  return { ...evidence, verdict: 1, verdict_signature: toHex(key(VALIDATOR).sign(digest)) };
}
