import type { Micros } from "@neurond/exports";
import { compareShares, type Member, type ShareComparison, scoresOf } from "@neurond/incentive";
import type { Hotkey } from "@neurond/primitives";
import { rawTexts, type Scored } from "./score.ts";
import type { Agreement, Profile, ScoreRow, ScoreRun } from "./score-run.ts";

/** What the chain and the validator say that the scores are held against. */
export interface Paid {
  readonly block: number;
  readonly members: readonly (Member & { readonly incentive: number })[];
  /** The audited validator's weight row by hotkey; null when it has none. */
  readonly weights: ReadonlyMap<string, bigint> | null;
  /** The scores it publishes, as integers in proportion; null when it does not. */
  readonly published: ReadonlyMap<string, bigint> | null;
}

/** What a run says of itself beside its scores. */
export type RunHead = Pick<
  ScoreRun,
  "source" | "hours" | "createdMs" | "isComplete" | "reconciled"
> & { readonly asOf: Micros; readonly profile: Profile };

/** A run of scores with everything it is compared with. */
export function scoreRun(head: RunHead, { table, inputs }: Scored, paid: Paid): ScoreRun {
  const { members, weights, published, block } = paid;
  const scores = scoresOf(table);
  const incentives = new Map(
    members.map(({ hotkey, incentive }) => [hotkey, BigInt(incentive)] as const),
  );
  const against = (other: ReadonlyMap<string, bigint>) => compareShares(members, scores, other);
  const [metagraph, byWeights, byPublished] = [
    against(incentives),
    weights === null ? null : against(weights),
    published === null ? null : against(published),
  ];
  return {
    ...head,
    inputsRoot: inputs.root,
    inputs: inputs.tables,
    block,
    total: table.total,
    rows: rowsOf(members, table, metagraph, byWeights, byPublished),
    metagraph: agreementOf(metagraph),
    weights: byWeights && agreementOf(byWeights),
    published: byPublished && agreementOf(byPublished),
  };
}

function rowsOf(
  members: Paid["members"],
  table: Scored["table"],
  metagraph: ShareComparison,
  weights: ShareComparison | null,
  published: ShareComparison | null,
): readonly ScoreRow[] {
  const scored = new Map(table.miners.map((miner) => [miner.member.hotkey, miner]));
  const [paid, set, said] = [metagraph, weights, published].map(
    (comparison) => new Map(comparison?.deltas.map((delta) => [delta.hotkey, delta.actual])),
  );
  const rows = members.map(({ hotkey, uid }): ScoreRow => {
    const own = scored.get(hotkey);
    return {
      hotkey,
      uid,
      score: own?.score ?? 0n,
      share: own?.share ?? 0n,
      actual: actualOf(paid, hotkey),
      weight: weights === null ? null : actualOf(set, hotkey),
      published: published === null ? null : actualOf(said, hotkey),
      raw: own === undefined ? {} : rawTexts(own.raw),
    };
  });
  return rows
    .filter((row) => row.share > 0n || row.actual > 0n || Object.keys(row.raw).length > 0)
    .sort((a, b) => (a.hotkey < b.hotkey ? -1 : 1));
}

function actualOf(values: ReadonlyMap<Hotkey, bigint> | undefined, hotkey: Hotkey): bigint {
  return values?.get(hotkey) ?? 0n;
}

function agreementOf(comparison: ShareComparison): Agreement {
  const { l1, maxDelta, agrees, spearman, kendall } = comparison;
  return { l1, maxDelta, agrees, spearman, kendall };
}
