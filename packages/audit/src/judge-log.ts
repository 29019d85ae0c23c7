import {
  checkCheckpoint,
  entryLeaf,
  type FamilyId,
  type HeadText,
  parseLogCommitment,
  type SignedReport,
} from "@neurond/ledger";
import { toHex } from "@neurond/primitives";
import { type Anchors, anchorsOf } from "./anchors.ts";
import { findingOf, type ValidatorAudit } from "./context.ts";
import type { Finding } from "./finding.ts";
import { type Head, openHead } from "./heads.ts";
import { OpenSegment } from "./segment.ts";
import { rootsOf, type Tail } from "./tail.ts";

/** The record a validator is bound by, or why there is none to judge. */
export type JudgedLog =
  | { readonly kind: "none"; readonly findings: readonly Finding[] }
  | {
      readonly kind: "record";
      readonly findings: readonly Finding[];
      readonly anchors: Anchors;
      /** From the anchor before the run to the head below. */
      readonly open: OpenSegment;
      /** The head the record is judged under: the report's own where there is one. */
      readonly head: Head;
      readonly end: number;
    };

interface Bound {
  readonly head: Head;
  readonly text: HeadText;
}

/** Holds a served log against every head its validator is bound by. */
export async function judgeLog(
  audit: ValidatorAudit,
  reports: ReadonlyMap<FamilyId, SignedReport>,
): Promise<JudgedLog> {
  const { about, run } = audit;
  const anchors = anchorsOf(about.commitments, run);
  const own = [...reports.values()].find(({ checkpoint }) => checkpoint !== undefined);
  const heads = headsOf(audit, [...reports.values()]);
  const forked = forkAmong(audit, heads) ?? forkByTail(audit, heads);
  if (forked !== null) return { kind: "none", findings: [forked] };

  const main: Head | null =
    own !== undefined
      ? { kind: "report", report: own }
      : anchors.close !== null
        ? { kind: "anchor", fact: anchors.close }
        : null;
  // Nothing is vouched for and nothing was reported: that the report is missing is said elsewhere.
  if (main === null) return { kind: "none", findings: [] };
  const bound = openHead(main, subjectOf(audit), audit.verify);
  if (bound === null) return { kind: "none", findings: [] };

  const { segment, problem } = about.log;
  if (segment === null) return unavailable(audit, anchors, problem);
  const open = OpenSegment.open(segment);
  if (open === null) return unavailable(audit, anchors, "LOG_MALFORMED");
  const broken = await brokenBy(audit, open, heads);
  if (broken !== null) return { kind: "none", findings: [broken] };
  const isAnchored = await holdsBase(open, anchors);
  if (!isAnchored) return unavailable(audit, anchors, "LOG_NOT_AS_ANCHORED");
  for (const { text } of [...heads, { text: bound.head }]) {
    if (text.size < open.from || text.size > open.size) continue;
    if ((await open.rootAt(text.size)) === text.root) continue;
    return unavailable(audit, anchors, "LOG_NOT_AS_ANCHORED");
  }
  if (bound.head.size > open.size) return unavailable(audit, anchors, "LOG_TOO_SHORT");
  return { kind: "record", findings: [], anchors, open, head: main, end: bound.head.size };
}

async function holdsBase(open: OpenSegment, { base }: Anchors): Promise<boolean> {
  if (base === null) return open.from === 0;
  const head = parseLogCommitment(base.payload);
  return head !== null && open.from === head.size && (await open.rootAt(open.from)) === head.root;
}

function subjectOf({ facts, about }: ValidatorAudit) {
  return { netuid: facts.netuid, validator: about.hotkey };
}

/** Every head the validator is bound by, smallest first. */
function headsOf(audit: ValidatorAudit, reports: readonly SignedReport[]): readonly Bound[] {
  const { about, verify } = audit;
  const subject = subjectOf(audit);
  const anchored = about.commitments.filter(({ payload }) => parseLogCommitment(payload) !== null);
  const candidates: Head[] = [
    ...anchored.map((fact): Head => ({ kind: "anchor", fact })),
    ...reports.map((report): Head => ({ kind: "report", report })),
    ...about.log.checkpoints
      .filter((checkpoint) => checkCheckpoint(checkpoint, { ...subject, verify }).ok)
      .map((checkpoint): Head => ({ kind: "checkpoint", checkpoint })),
  ];
  return candidates
    .flatMap((head) => {
      const bound = openHead(head, subject, verify);
      return bound === null ? [] : [{ head, text: bound.head }];
    })
    .sort((a, b) => a.text.size - b.text.size);
}

function forkAmong(audit: ValidatorAudit, heads: readonly Bound[]): Finding | null {
  for (const [at, older] of heads.entries()) {
    const newer = heads
      .slice(at + 1)
      .find(({ text }) => text.size === older.text.size && text.root !== older.text.root);
    if (newer !== undefined) return forked(audit, older, newer, null);
  }
  return null;
}

function forkByTail(audit: ValidatorAudit, heads: readonly Bound[]): Finding | null {
  for (const { older, newer, tail } of audit.about.log.tails) {
    const [a, b] = [older, newer].map((wanted) =>
      heads.find(({ text }) => text.size === wanted.size && text.root === wanted.root),
    );
    if (a === undefined || b === undefined || tail.index + 1 !== a.text.size) continue;
    const roots = rootsOf(tail, b.text.size);
    if (roots?.whole === b.text.root && roots.prefix !== a.text.root) {
      return forked(audit, a, b, tail);
    }
  }
  return null;
}

/** A served log that is the one under a newer head but not under an older one convicts. */
async function brokenBy(
  audit: ValidatorAudit,
  open: OpenSegment,
  heads: readonly Bound[],
): Promise<Finding | null> {
  const inside = heads.filter(({ text }) => text.size > open.from && text.size <= open.size);
  for (const newer of inside.toReversed()) {
    if ((await open.rootAt(newer.text.size)) !== newer.text.root) continue;
    for (const older of inside) {
      const { size, root } = older.text;
      if (size >= newer.text.size || (await open.rootAt(size)) === root) continue;
      const { index, text, proof } = await open.prove(size - 1, newer.text.size);
      const tail = { index, leaf_hash: toHex(entryLeaf(text)), proof: [...proof] };
      return forked(audit, older, newer, tail);
    }
    return null;
  }
  return null;
}

function forked(audit: ValidatorAudit, older: Bound, newer: Bound, tail: Tail | null): Finding {
  const [a, b] = [older.text.size, newer.text.size];
  const text = `the log of ${b} entries does not begin with the one of ${a}`;
  return findingOf(audit, "LOG_FORKED", text, { older: older.head, newer: newer.head, tail });
}

function unavailable(audit: ValidatorAudit, anchors: Anchors, reason: string): JudgedLog {
  const facts = [anchors.base, anchors.plan, anchors.close].filter((fact) => fact !== null);
  const text = `the log was not served as it was vouched for: ${reason}`;
  const finding = findingOf(audit, "LOG_UNAVAILABLE", text, { reason, anchors: facts });
  return { kind: "none", findings: [finding] };
}
