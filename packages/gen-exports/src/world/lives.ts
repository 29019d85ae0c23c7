import { MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from "@neurond/exports";
import type { GenOptions } from "../options.ts";
import { Random, Zipf } from "../random.ts";
import type { Cast, Chute, Miner } from "./cast.ts";
import type { Instance, Stretch } from "./instance.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Instances are there before the first slice, as in a window cut out of years. */
const LEAD_HOURS = 48;
/** 8 % of a log-normal life of median 18 h end within the first hour. */
const LIFE_SIGMA = 2.057;
const STARTUP_SHARE = 0.3;

/** How an instance ends. */
interface Ending {
  readonly reason: string;
  /** The platform vouches that nobody is to blame. */
  readonly valid?: boolean;
  /** Only whoever is billed can end this way. */
  readonly billedOnly?: boolean;
}

const LIVE = "live";
const ENDINGS: readonly [readonly [Ending, number], ...(readonly [Ending, number])[]] = [
  [{ reason: LIVE }, 35],
  [{ reason: "miner initialized" }, 20],
  [{ reason: "max consecutive failures 5 reached" }, 12],
  [{ reason: "instance has an old version" }, 8],
  [
    {
      reason: "user-defined/private chute instance has not been used since shutdown_after_seconds",
      billedOnly: true,
    },
    8,
  ],
  [{ reason: "user has zero/negative balance (private chute)", billedOnly: true }, 2],
  [{ reason: "job has been terminated due to insufficient user balance", billedOnly: true }, 2],
  [{ reason: "miner failed watchtower probes" }, 8],
  [{ reason: "account deleted", valid: true }, 1],
  [{ reason: "stale make_public chute removed", valid: true }, 1],
  [{ reason: "VLLM/image upgrade", valid: true }, 2],
  [{ reason: "server maintenance", valid: true }, 1],
];
const PUBLIC_INSTEAD = "miner initialized";
const REGIONS = ["us-east", "us-west", "eu-central", "ap-south"] as const;

/** All lives that touch the window, by time of creation. */
export function livesOf(options: GenOptions, cast: Cast): readonly Instance[] {
  const random = new Random(options.seed, "lives");
  const minerZipf = new Zipf(cast.miners.length, 0.9);
  const begin = options.end - (options.hours + LEAD_HOURS) * MICROS_PER_HOUR;
  const lives = cast.chutes.flatMap((chute) => {
    const places = random.integer(1, 20);
    return Array.from({ length: places }, () =>
      succession(options, cast, chute, begin, minerZipf, random),
    ).flat();
  });
  return lives.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** One place of a chute: instance follows instance, until one stays. */
function succession(
  options: GenOptions,
  cast: Cast,
  chute: Chute,
  begin: Micros,
  zipf: Zipf,
  random: Random,
): Instance[] {
  const list: Instance[] = [];
  let created = begin + seconds(random.between(0, 24 * 3_600));
  while (created < options.end) {
    const miner = cast.miners[zipf.draw(random)] ?? cast.miners[0];
    const instance = lifeOf(chute, miner, created, options.end, random);
    list.push(instance);
    created = instance.deleted + seconds(random.between(30, 7_200));
  }
  return list;
}

function lifeOf(
  chute: Chute,
  miner: Miner,
  created: Micros,
  end: Micros,
  random: Random,
): Instance {
  const [id, deploymentId] = [random.uuid(), random.uuid()];
  const verified = created + seconds(random.between(30, 600));
  const { reason: text, valid = false, billedOnly = false } = random.weighted(ENDINGS);
  const planned = verified + seconds(random.between(60, 3_600));
  const neverActive = random.chance(0.05);
  const died =
    verified +
    seconds(
      neverActive
        ? random.between(600, 7_200)
        : Math.max(60, random.logNormal(18 * 3_600, LIFE_SIGMA)),
    );
  const isLive = text === LIVE && !neverActive;
  const deleted = isLive ? NEVER : died;
  const activated = neverActive || planned >= deleted ? NEVER : planned;
  const reason = neverActive
    ? "max consecutive failures 5 reached"
    : billedOnly && !chute.isPrivate
      ? PUBLIC_INSTEAD
      : text;
  return {
    id,
    deploymentId,
    chute,
    miner,
    created,
    verified,
    activated,
    deleted,
    reason,
    region: random.pick(REGIONS),
    validTermination: valid && !neverActive,
    billedTo: chute.isPrivate ? chute.userId : null,
    stopBilling: stopBillingOf(chute, activated, deleted, end, random),
    bounty: random.chance(0.1),
    history: historyOf(chute, created, activated, deleted, end, random),
  };
}

/** A third of private instances stop being billed: at their end, a little before, or after the window. */
function stopBillingOf(
  chute: Chute,
  activated: Micros,
  deleted: Micros,
  end: Micros,
  random: Random,
): Micros | null {
  if (!chute.isPrivate || activated === NEVER || random.chance(0.67)) return null;
  return deleted === NEVER
    ? end + seconds(1_800)
    : Math.max(activated, deleted - seconds(random.between(0, 600)));
}

/** A startup at a share of the multiplier, then up to six changes: bounties that fade, and boosts. */
function historyOf(
  chute: Chute,
  created: Micros,
  activated: Micros,
  deleted: Micros,
  end: Micros,
  random: Random,
): Stretch[] {
  if (activated === NEVER) return [];
  const last = Math.min(deleted, end);
  const changes = Array.from({ length: random.integer(0, 6) }, () =>
    Math.floor(random.between(activated, last)),
  )
    .filter((time) => time > activated && time < last)
    .sort((a, b) => a - b);
  const starts = [activated, ...new Set(changes)];
  const active = starts.map((from, index): Stretch => {
    const boost = index === 0 ? 1 : random.between(0.5, 4);
    return {
      from,
      to: starts[index + 1] ?? deleted,
      multiplier: rounded(clamp(chute.multiplier * boost)),
    };
  });
  const [first] = active;
  return [
    { from: created, to: activated, multiplier: rounded((first?.multiplier ?? 0) * STARTUP_SHARE) },
    ...active,
  ];
}

const clamp = (value: number): number => Math.min(60, Math.max(0.1, value));
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const seconds = (value: number): Micros => Math.floor(value * MICROS_PER_SECOND);
