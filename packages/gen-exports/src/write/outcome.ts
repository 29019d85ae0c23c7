import { formatIsoTime, type RecordedMetagraph } from "@neurond/exports";
import { Random } from "../random.ts";
import { bonusScores } from "../truth/bonus.ts";
import { featureScores, featuresOf, unitScores } from "../truth/scores.ts";
import { standings } from "../truth/standing.ts";
import { firstStart, type World } from "../world/world.ts";
import { writeFeeds } from "./feeds.ts";
import { jsonLines, jsonText, writeFile } from "./files.ts";
import type { Ledger } from "./ledger.ts";
import type { Notes } from "./notes.ts";

/** Netuid of everything generated. */
export const NETUID = 64;
const SLICE_SECONDS = 3_600;

/** Writes what the hours came to: truth, feeds, chain and manifest. */
export function writeOutcome(root: string, world: World, notes: Notes, invocations: number): void {
  const { options, cast, lives } = world;
  const { usage, ledger } = notes;
  const { end } = options;
  const standing = standings(lives, firstStart(options), end);
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
  writeFile(root, "chain/metagraph.json", jsonText(metagraph(world, scores[profile])));
  writeFile(
    root,
    "truth.json",
    jsonText({
      version: 1,
      as_of: formatIsoTime(end),
      entries: ledger.truths,
      findings: notes.findings,
      features: Object.fromEntries(features),
      scores: Object.fromEntries(
        Object.entries(scores).map(([name, values]) => [name, Object.fromEntries(values)]),
      ),
      coverage_seconds: coverage(ledger),
      agreement: Object.fromEntries(
        cast.miners.map(({ hotkey }) => [
          hotkey,
          {
            reported: notes.claimed.get(hotkey) ?? null,
            audited: usage.byHotkey.get(hotkey)?.audited ?? 0,
          },
        ]),
      ),
      rows: { invocations: invocations },
    }),
  );
  writeFile(root, "manifest.json", jsonText(manifest(world, profile)));
}

function manifest({ options, cast, blocks }: World, profile: string) {
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
  { options, cast, blocks }: World,
  scores: ReadonlyMap<string, number>,
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

/** Seconds that each miner's entries cover, without those that nobody can read. */
function coverage({ truths }: Ledger): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const { reporter, hotkey, verdict } of truths) {
    if (reporter === "miner" && verdict === "VERIFIED")
      seconds[hotkey] = (seconds[hotkey] ?? 0) + SLICE_SECONDS;
  }
  return seconds;
}
