import { type Outcome, REASON } from "../outcome.ts";
import type { AnyWorkload } from "../workload.ts";
import {
  broken,
  type Check,
  type Exchange,
  must,
  recorded,
  type Samples,
  textOf,
  verifyOrBreak,
} from "./check.ts";
import { GARBAGE, mutationsOf } from "./garbage.ts";

/** What an auditor relies on. */
export function verifyChecks(workload: AnyWorkload, { exchanges }: Samples): readonly Check[] {
  const each = (name: string, check: (exchange: Exchange) => void): Check => ({
    name,
    run() {
      for (const exchange of exchanges) check(exchange);
    },
  });
  return [
    {
      name: "the samples pass and fail",
      run() {
        const kinds = new Set(exchanges.map(({ kind }) => kind));
        must(kinds.has("passed"), "no sample passes: nothing shows that evidence can hold");
        must(kinds.has("failed"), "no sample fails: nothing shows that evidence can be refused");
      },
    },
    each("each sample comes to its outcome", ({ task, evidence, kind }) => {
      const outcome = judge(workload, task, evidence);
      must(outcome.kind === kind, `evidence came to ${outcome.kind} where ${kind} was due`, {
        outcome,
      });
    }),
    each("the same evidence comes to the same outcome", ({ task, evidence }) => {
      const first = textOf(judge(workload, task, evidence), "an outcome");
      const second = textOf(judge(workload, task, evidence), "an outcome");
      must(first === second, "verifying twice gave different outcomes", { first, second });
    }),
    each("verifying leaves task and evidence as they were", ({ task, evidence }) => {
      const before = textOf([task, evidence], "an exchange");
      judge(workload, task, evidence);
      must(textOf([task, evidence], "an exchange") === before, "verify changed its arguments");
    }),
    each("evidence from the record comes to the same outcome", ({ task, evidence }) => {
      const live = textOf(judge(workload, task, evidence), "an outcome");
      const replayed = judge(workload, recorded(task, "a task"), recorded(evidence, "evidence"));
      must(textOf(replayed, "an outcome") === live, "the record is judged otherwise", { replayed });
    }),
    each("garbage is failed, never a throw", ({ task, kind: due }) => {
      // A sample of a task that does not parse says nothing about evidence.
      if (due === "unknown") return;
      for (const garbage of GARBAGE) {
        const { kind } = judge(workload, task, garbage);
        must(kind === "failed", `garbage came to ${kind}: make the evidence schema stricter`);
      }
    }),
    each("altered evidence never throws", ({ task, evidence }) => {
      for (const mutation of mutationsOf(evidence)) judge(workload, task, mutation);
    }),
    each("an altered task never throws", ({ task, evidence }) => {
      for (const mutation of mutationsOf(task)) judge(workload, mutation, evidence);
    }),
    each("a malformed task is unknown, for it is not the miner's fault", ({ evidence }) => {
      for (const garbage of GARBAGE) {
        const { kind } = judge(workload, garbage, evidence);
        must(kind === "unknown", `a malformed task came to ${kind}`);
      }
    }),
  ];
}

/** Verifies, and holds the outcome to what a verdict from evidence can be. */
function judge(workload: AnyWorkload, task: unknown, evidence: unknown): Outcome {
  const outcome = verifyOrBreak(workload, task, evidence);
  switch (outcome.kind) {
    case "passed":
      must(isGrade(outcome.grade), `grade ${outcome.grade} is not a share in millionths`);
      return outcome;
    case "failed":
    case "unknown":
      must(REASON.test(outcome.reason), `reason "${outcome.reason}" is not a code: use A-Z 0-9 _`);
      return outcome;
    default:
      return broken(`verify said ${outcome.kind}, which only a prober can know`);
  }
}

function isGrade(grade: number | undefined): boolean {
  return grade === undefined || (Number.isInteger(grade) && grade >= 0 && grade <= 1_000_000);
}
