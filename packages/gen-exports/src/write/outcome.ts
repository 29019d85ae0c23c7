import { formatIsoTime, type RecordedMetagraph } from "@neurond/exports";
import type { GenOptions } from "../options.ts";
import { Random } from "../random.ts";
import { bonusScores } from "../truth/bonus.ts";
import { featureScores, featuresOf, unitScores } from "../truth/scores.ts";
import { standings } from "../truth/standing.ts";
import type { UsageCounter } from "../truth/usage.ts";
import type { Cast } from "../world/cast.ts";
import type { Instance } from "../world/instance.ts";
import type { Blocks } from "./blocks.ts";
import { writeFeeds } from "./feeds.ts";
import { jsonLines, jsonText, writeFile } from "./files.ts";
import type { Finding } from "./findings.ts";
import type { Ledger } from "./ledger.ts";

export interface OutcomeInput {
  readonly root: string;
  readonly options: GenOptions;
  readonly cast: Cast;
  readonly lives: readonly Instance[];
  readonly usage: UsageCounter;
  readonly ledger: Ledger;
  readonly findings: readonly Finding[];
  readonly blocks: Blocks;
  readonly claimed: ReadonlyMap<string, number>;
  readonly invocations: number;
}

/** Netuid of everything generated. */
export const NETUID = 64;
const SLICE_SECONDS = 3_600;

/** Writes what the hours came to: truth, feeds, chain and manifest. */
export function writeOutcome(input: OutcomeInput): void {
  const { root, options, cast, lives, usage, ledger, blocks } = input;
  const { end, hours } = options;
  const standing = standings(lives, end - hours * SLICE_SECONDS * 1_000_000, end);
  const features = featuresOf(cast.miners, usage.byHotkey, standing);
  const banned = new Set(
    options.faults.includes("blacklisted-miner") ? [cast.miners[0].hotkey] : [],
  );
  const scores = {
    features: featureScores(cast.miners, features),
    base_bonus: bonusScores(cast.miners, features, standing, end),
    compute_units: unitScores(cast.miners, features, banned),
  };
  const last = options.shapes.at(-1);
  const profile = last === "g1" ? "features" : last === "g2" ? "base_bonus" : "compute_units";
  writeFeeds(root, options, cast, lives, { scores: scores[profile], banned });
  const ordered = <T extends { readonly block: number }>(list: readonly T[]) =>
    list.toSorted((a, b) => a.block - b.block);
  writeFile(root, "chain/submissions.jsonl", jsonLines(ordered(ledger.submissions)));
  writeFile(root, "chain/commitments.jsonl", jsonLines(ordered(ledger.records)));
  writeFile(
    root,
    "chain/metagraph.json",
    jsonText(metagraph(options, cast, scores[profile], blocks)),
  );
  writeFile(
    root,
    "truth.json",
    jsonText({
      version: 1,
      as_of: formatIsoTime(end),
      entries: ledger.truths,
      findings: input.findings,
      features: Object.fromEntries(features),
      scores: Object.fromEntries(
        Object.entries(scores).map(([name, values]) => [name, Object.fromEntries(values)]),
      ),
      coverage_seconds: coverage(ledger),
      agreement: Object.fromEntries(
        cast.miners.map(({ hotkey }) => [
          hotkey,
          {
            reported: input.claimed.get(hotkey) ?? null,
            audited: usage.byHotkey.get(hotkey)?.audited ?? 0,
          },
        ]),
      ),
      rows: { invocations: input.invocations },
    }),
  );
  writeFile(root, "manifest.json", jsonText(manifest(input, profile)));
}

function manifest({ options, cast, blocks }: OutcomeInput, profile: string) {
  const { seed, hours, end, rate, shapes, faults } = options;
  return {
    version: 1,
    seed,
    hours,
    rate,
    gen: shapes,
    faults,
    profile,
    end: formatIsoTime(end),
    netuid: NETUID,
    block_seconds: options.blockSeconds,
    genesis_ms: blocks.genesis / 1_000,
    validator: cast.validator,
    miners: cast.miners.map(({ index, uid, hotkey, coldkey }) => ({ index, uid, hotkey, coldkey })),
  };
}

/** What the chain pays: the scores, and a little noise from other validators. */
function metagraph(
  options: GenOptions,
  cast: Cast,
  scores: ReadonlyMap<string, number>,
  blocks: Blocks,
): RecordedMetagraph {
  const random = new Random(options.seed, "metagraph");
  const noisy = cast.miners.map(({ hotkey }) => {
    const score = scores.get(hotkey) ?? 0;
    return score === 0 ? 0 : Math.max(0, score + 0.0005 * random.normal());
  });
  const total = noisy.reduce((sum, value) => sum + value, 0) || 1;
  const { validator } = cast;
  const neurons = [
    { uid: validator.uid, hotkey: validator.hotkey, coldkey: validator.coldkey, incentive: 0 },
    ...cast.miners.map(({ uid, hotkey, coldkey }, index) => ({
      uid,
      hotkey,
      coldkey,
      incentive: Math.round(((noisy[index] ?? 0) / total) * 65_535),
    })),
  ];
  return {
    netuid: NETUID,
    block: blocks.at(options.end),
    neurons: neurons.sort((a, b) => a.uid - b.uid),
  };
}

/** Seconds that each miner's entries cover. */
function coverage({ truths }: Ledger): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const { reporter, hotkey } of truths) {
    if (reporter === "miner") seconds[hotkey] = (seconds[hotkey] ?? 0) + SLICE_SECONDS;
  }
  return seconds;
}
