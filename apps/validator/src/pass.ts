import { eligibleStakes } from "@neurond/consensus";
import { type BlockNumber, isAbort, isCoded } from "@neurond/primitives";
import { agreeRun } from "./agree-run.ts";
import { anchorRun } from "./anchor-run.ts";
import { findUnmet } from "./find-unmet.ts";
import { freezeRun } from "./freeze-run.ts";
import { gossip } from "./gossip.ts";
import { type Moment, nextSteps, probeDue, STEP_ORDER, type Step } from "./next-steps.ts";
import { observe } from "./observe.ts";
import { openRun } from "./open-run.ts";
import { readFacts } from "./run-facts.ts";
import type { RunGate } from "./run-gate.ts";
import { timesAt, timesOf } from "./run-plan.ts";
import { scanCommitments } from "./scan-commitments.ts";
import { setWeights } from "./set-weights.ts";
import { electorsOf, takeSnapshot } from "./snapshot.ts";
import type { Validator } from "./validator.ts";

/**
 * One look at the chain: everything that is due is done, each step at most once. A step that fails
 * is tried again at the next head; those that do not need it go on.
 */
export async function settlePass(
  validator: Validator,
  gate: RunGate,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const moment = await momentOf(validator, head, signal);
  const { plan } = validator.rules;
  await attempt(validator, "scan", signal, () => scan(validator, moment, signal));
  let { factsOf } = moment;
  for (const kind of STEP_ORDER) {
    const due = nextSteps({ ...moment, factsOf }, plan).filter((step) => step.kind === kind);
    for (const step of due) {
      await attempt(validator, kind, signal, () => take(validator, gate, step, head, signal));
    }
    // What was done may have made the next step due.
    if (due.length > 0) factsOf = await readFacts(validator.stores.journal, head, plan);
  }
  await attempt(validator, "weights", signal, () => setWeights(validator, head, signal));
}

/** Puts the tasks of the current run, when its plan is anchored and its beacon has fallen. */
export async function probePass(
  validator: Validator,
  gate: RunGate,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const run = probeDue(await momentOf(validator, head, signal), validator.rules.plan);
  if (run === null) return;
  await attempt(validator, "probe", signal, async () => {
    await gate.enter(run.index, signal, async (open) => {
      await observe(validator, run, head, open);
    });
  });
}

async function momentOf(
  { chain, stores, rules }: Validator,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<Moment> {
  const { number: finalized } = await chain.head({ at: "finalized", signal });
  return { head, finalized, factsOf: await readFacts(stores.journal, head, rules.plan) };
}

/** Commitments to a run are made after it began, so what is older than the last ones is not read. */
async function scan(validator: Validator, moment: Moment, signal: AbortSignal): Promise<void> {
  const { chain, identity, rules, stores } = validator;
  const { index } = timesAt(moment.head, rules.plan);
  const behind = Math.ceil(rules.plan.revealWindow / rules.plan.blocks) + 1;
  const oldest = timesOf(Math.max(0, index - behind), rules.plan).start;
  const range = { netuid: identity.netuid, oldest, finalized: moment.finalized };
  await scanCommitments({ chain, index: stores.commitments }, range, signal);
}

async function take(
  validator: Validator,
  gate: RunGate,
  { kind, run }: Step,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { chain, stores, identity, manners } = validator;
  switch (kind) {
    case "freeze":
      return freezeRun(validator, gate, run, head, signal);
    case "open":
      return openRun(validator, run, signal);
    case "anchor":
      return anchorRun(validator, run, signal);
    case "snapshot": {
      const subnet = { netuid: identity.netuid, allowPrivate: manners.allowPrivatePeers };
      return takeSnapshot({ chain, journal: stores.journal }, run, subnet, signal);
    }
    case "gossip":
      return hear(validator, run, signal);
    case "agree":
      await findUnmet(validator, run, signal);
      return agreeRun(validator, run);
  }
}

async function hear(validator: Validator, run: Step["run"], signal: AbortSignal): Promise<void> {
  const { chain, stores, identity, rules, manners, metrics, now, workloads } = validator;
  const { snapshot } = await stores.journal.read(run.index, ["snapshot"]);
  if (snapshot === undefined) return;
  const stakes = eligibleStakes(electorsOf(snapshot.neurons), rules.minStakeRao);
  const validators = snapshot.neurons.filter(({ hotkey }) => stakes.has(hotkey));
  const deps = {
    chain,
    netuid: identity.netuid,
    signer: identity.signer,
    self: identity.hotkey,
    commitments: stores.commitments,
    reports: stores.reports,
    evidence: stores.evidence,
    metrics,
    now,
  };
  let reports = 0;
  for (const { family: familyId } of workloads) {
    reports += await gossip(deps, { run, familyId, validators, rules, manners }, signal);
  }
  await stores.journal.write(run.index, "heard", { reports });
}

/** What a peer or the chain does to us is logged and tried again; what is wrong in here is thrown. */
export async function attempt(
  { log, metrics }: Validator,
  step: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    metrics.steps.inc({ step, result: "done" });
  } catch (error) {
    signal.throwIfAborted();
    if (!isCoded(error) && !isAbort(error) && !isTimeout(error)) throw error;
    metrics.steps.inc({ step, result: "failed" });
    log.warn({ error, step }, "step failed; tried again at the next block");
  }
}

/** The rejection of `AbortSignal.timeout`. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
