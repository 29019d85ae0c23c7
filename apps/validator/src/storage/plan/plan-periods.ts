import type { Json } from "@neurond/ledger";
import { toHex } from "@neurond/primitives";
import { DOCUMENT, type PeriodsBody, type PlanBody, periodOf } from "@neurond/workload-storage";
import {
  type Period,
  type PeriodStatement,
  periodDigest,
  periodsToGrant,
  revealDue,
} from "@neurond/workload-storage/sweep";
import type { Identity } from "../../validator.ts";
import type { PlannedRun } from "../../workload-entry.ts";
import type { FutureRounds } from "../sweep/future-rounds.ts";
import type { PeriodBook } from "../sweep/period-book.ts";
import type { SweepKeys } from "../sweep/sweep-keys.ts";

/** What planning periods needs. */
export interface PeriodDeps {
  readonly keys: SweepKeys;
  readonly book: PeriodBook;
  /** Periods whose secrets the operator says got out. */
  readonly burned: () => Promise<ReadonlySet<number>>;
  /** Where secrets are locked until they are due; null where they are not. */
  readonly rounds: FutureRounds | null;
  /** Blocks of a period, for a log that has none yet: later ones are as long. */
  readonly periodBlocks: number;
  readonly ttlBlocks: number;
}

/** What a run says of periods. */
export interface PlannedPeriods {
  readonly body: PeriodsBody;
  /** The period of the run's beacon. */
  readonly at: { readonly periodBlocks: number; readonly period: number };
  readonly documents: readonly { readonly type: string; readonly body: Json }[];
}

/** Secrets that one run reveals at most: after a pause, the rest follows in the next ones. */
const REVEALS_AT_ONCE = 8;

/** Said at most of one time: far more than a log is ever ahead. */
const MAX_BURNED = 256;

/**
 * Commitments to periods that are as far ahead as any grant may reach, so that each is on chain before
 * its period and before any grant names it, and the secrets of periods that are over.
 */
export async function planPeriods(
  { keys, book, burned: marks, rounds, periodBlocks, ttlBlocks }: PeriodDeps,
  { netuid, hotkey: validator, signer }: Identity,
  run: PlannedRun,
  before: PlanBody | null,
): Promise<PlannedPeriods> {
  const last = before?.periods;
  const blocks = last?.blocks ?? periodBlocks;
  const current = periodOf(run.times.beacon, blocks);
  const first = last?.first ?? current + 1;
  const start = last?.next ?? first;
  const next = Math.max(start, current + periodsToGrant(ttlBlocks, blocks) + 2);
  const documents: { type: string; body: Json }[] = [];
  const say = (type: string, statement: PeriodStatement, body: { readonly [key: string]: Json }) =>
    documents.push({
      type,
      body: {
        netuid,
        validator,
        period: statement.period.period,
        blocks,
        ...body,
        signature: toHex(signer.sign(periodDigest(statement))),
      },
    });
  const periodAt = (period: number): Period => ({ netuid, validator, period, blocks });
  for (let period = start; period < next; period += 1) {
    const commitment = keys.commitment({ period, blocks });
    const statement = { kind: "commitment", period: periodAt(period), commitment } as const;
    say(DOCUMENT.commitment, statement, { commitment: toHex(commitment) });
  }
  let revealed = last?.revealed ?? first;
  for (const until = Math.min(current, revealed + REVEALS_AT_ONCE); revealed < until; ) {
    const period = revealed;
    const areAnswersAnchored = await book.areAnswersAnchored(period, blocks);
    const secret = keys.reveal({ period, blocks }, { now: run.block, areAnswersAnchored });
    if (secret === null) break;
    const statement = { kind: "reveal", period: periodAt(period), secret } as const;
    say(DOCUMENT.reveal, statement, { secret: toHex(secret) });
    revealed += 1;
  }
  let locked = Math.max(last?.locked ?? 0, first, current + 1);
  // One period ahead: by then it is well known when the block comes at which it is due.
  if (rounds !== null && locked === current + 1) {
    const period = locked;
    const until = await rounds(revealDue(period, blocks), run.block);
    if (until !== null) {
      const ciphertext = keys.locked({ period, blocks }, until);
      const { round } = until;
      const statement = { kind: "timelock", period: periodAt(period), round, ciphertext } as const;
      say(DOCUMENT.timelock, statement, { round, ciphertext: toHex(ciphertext) });
      locked += 1;
    }
  }
  const said = new Set(last?.burned);
  const burned = [...new Set([...said, ...(await marks())])]
    // What is revealed is no secret any more; what nobody committed to is none yet.
    .filter((period) => revealed <= period && period < next)
    .sort((a, b) => a - b)
    .slice(0, MAX_BURNED);
  for (const period of burned) {
    if (said.has(period)) continue;
    say(DOCUMENT.burned, { kind: "burned", period: periodAt(period) }, {});
  }
  const isSecret = !burned.includes(current);
  const isInTime = current >= first && current < start && (await book.isInTime(current, blocks));
  const commitment =
    isSecret && isInTime ? toHex(keys.commitment({ period: current, blocks })) : undefined;
  return {
    body: {
      ...{ blocks, first, next, revealed },
      ...(commitment && { commitment }),
      ...(burned.length > 0 && { burned }),
      ...(rounds !== null && { locked }),
    },
    at: { periodBlocks: blocks, period: current },
    documents,
  };
}
