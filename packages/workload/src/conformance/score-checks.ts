import { toMicro } from "@neurond/primitives";
import { CONTAINED, failed, OFFLINE, type Outcome, passed, unknown } from "../outcome.ts";
import type { AnyWorkload } from "../workload.ts";
import { type Check, must } from "./check.ts";

const KINDS: readonly Outcome[] = [
  passed(),
  passed(toMicro(333_333)),
  passed(toMicro(0)),
  failed("REASON"),
  OFFLINE,
  CONTAINED,
  unknown("REASON"),
];
const OURS: readonly Outcome[] = [CONTAINED, unknown("REASON")];
const LOST: readonly Outcome[] = [failed("REASON"), OFFLINE];

/** What consensus relies on. */
export function scoreChecks(workload: AnyWorkload): readonly Check[] {
  const each = (name: string, check: (outcomes: readonly Outcome[], score: number) => void) => ({
    name,
    run() {
      for (const outcomes of records()) check(outcomes, workload.score(outcomes));
    },
  });
  return [
    each("a score is a share in millionths", (_, score) => {
      must(Number.isInteger(score) && score >= 0 && score <= 1_000_000, `score ${score}`);
    }),
    each("a score does not depend on the order of outcomes", (outcomes, score) => {
      must(workload.score(outcomes.toReversed()) === score, "reversed outcomes score otherwise");
      must(workload.score(outcomes.toSorted(byText)) === score, "sorted outcomes score otherwise");
    }),
    each("scoring leaves the outcomes as they were", (outcomes) => {
      const before = JSON.stringify(outcomes);
      workload.score(outcomes);
      must(JSON.stringify(outcomes) === before, "score changed its argument");
    }),
    each("our own faults never lower a score", (outcomes, score) => {
      for (const ours of OURS) {
        must(workload.score([...outcomes, ours]) >= score, `${ours.kind} lowered a score`);
      }
    }),
    each("failing never pays", (outcomes, score) => {
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.kind !== "passed") continue;
        for (const lost of LOST) {
          const worse = workload.score(outcomes.with(index, lost));
          must(worse <= score, `${lost.kind} in place of passed raised a score`);
        }
      }
    }),
    {
      name: "whoever passes nothing scores nothing",
      run() {
        for (const outcomes of [[], LOST, OURS, [...LOST, ...OURS]]) {
          const score = workload.score(outcomes);
          must(score === 0, `${outcomes.length} outcomes without a pass score ${score}`);
        }
      },
    },
  ];
}

/** Every record of up to three outcomes, and some long ones. */
function* records(): Generator<readonly Outcome[]> {
  yield [];
  for (const a of KINDS) {
    yield [a];
    yield Array.from({ length: 100 }, (_, n) => (n % 7 === 0 ? a : passed()));
    for (const b of KINDS) {
      yield [a, b];
      for (const c of KINDS) yield [a, b, c];
    }
  }
}

function byText(a: Outcome, b: Outcome): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
