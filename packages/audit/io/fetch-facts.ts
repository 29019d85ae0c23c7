import {
  type AnswerCount,
  eligibleOf,
  type Incumbents,
  type OfferedReport,
  type Rules,
  type RunFacts,
  type RunTimes,
  type Snapshot,
  type ValidatorFacts,
} from "@neurond/audit";
import { axonUrl, type Chain, type Metagraph } from "@neurond/chain";
import type { CommitmentFact } from "@neurond/consensus";
import { type FamilyId, readReportShape } from "@neurond/ledger";
import { type BlockNumber, type Hotkey, type Netuid, toBlockNumber } from "@neurond/primitives";
import { type BodyLimits, fetchBodies } from "./fetch-bodies.ts";
import { fetchLog } from "./fetch-log.ts";
import { mapLimited } from "./limited.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "./public-http.ts";
import { readBeacon } from "./read-beacon.ts";
import { readRow } from "./read-row.ts";
import { ValidatorClient } from "./validator-client.ts";

/** How an auditor goes about it. */
export interface Manners {
  readonly http: HttpLimits;
  readonly bodies: BodyLimits;
  readonly maxLogBytes: number;
  /** Validators looked at in parallel. */
  readonly validatorsAtOnce: number;
  /** Peers that are asked for their copy of each report. */
  readonly copies: number;
  /** Addresses of drand's HTTP API, for rounds that the chain does not have. */
  readonly beacons: readonly string[];
  /** Axons at loopback and private addresses: for networks on one machine. */
  readonly allowPrivate: boolean;
}

const MIB = 1_048_576;

export const DEFAULT_MANNERS: Manners = {
  http: DEFAULT_LIMITS,
  bodies: { maxBodyBytes: 20 * MIB, maxTotalBytes: 256 * MIB, atOnce: 8 },
  maxLogBytes: 256 * MIB,
  validatorsAtOnce: 4,
  copies: 2,
  beacons: [],
  allowPrivate: false,
};

/** What the facts of a run are gathered with. */
export interface FactsRequest {
  readonly chain: Chain;
  readonly netuid: Netuid;
  readonly rules: Rules;
  readonly manners: Manners;
  readonly run: RunTimes;
  readonly finalized: BlockNumber;
  /** What each hotkey put on chain, in order; from before the run on. */
  readonly commitments: ReadonlyMap<Hotkey, readonly CommitmentFact[]>;
  readonly history: readonly AnswerCount[];
  readonly previous: Incumbents | null;
  readonly now: () => number;
}

/** Gathers all that the audit of a run depends on, from the chain and from public endpoints. */
export async function fetchFacts(request: FactsRequest, signal: AbortSignal): Promise<RunFacts> {
  const { chain, netuid, rules, run, finalized, manners } = request;
  const { mecid } = rules;
  const last = toBlockNumber(Math.min(run.weightsEnd - 1, finalized));
  const [closing, latest] = await Promise.all([
    chain.metagraph({ netuid, mecid }, { at: run.close, signal }),
    chain.metagraph({ netuid, mecid }, { at: last, signal }),
  ]);
  const snapshot = snapshotOf(closing);
  const eligible = [...eligibleOf(snapshot, rules.minStakeRao).keys()].sort();
  const clients = new Map(
    eligible.flatMap((hotkey): [Hotkey, ValidatorClient][] => {
      const axon = (latest.byHotkey.get(hotkey) ?? closing.byHotkey.get(hotkey))?.axon;
      const url = axonUrl(axon, manners.allowPrivate);
      return url === null ? [] : [[hotkey, new ValidatorClient(url, manners.http, signal)]];
    }),
  );
  const atOnce = manners.validatorsAtOnce;
  const beaconOf = { kind: rules.text.beacon_kind, block: run.beacon };
  const [beacon, validators, published] = await Promise.all([
    readBeacon(chain, beaconOf, signal),
    mapLimited(eligible, atOnce, signal, async (hotkey): Promise<ValidatorFacts> => {
      const facts = await fetchValidator(request, hotkey, clients, signal);
      const id = { netuid, mecid };
      const row = await readRow(chain, id, hotkey, { run, finalized, last: latest }, signal);
      return { ...facts, row };
    }),
    mapLimited([...clients.values()], atOnce, signal, (client) => client.evidence()),
  ]);
  return {
    netuid,
    runId: run.id,
    nowMs: request.now(),
    snapshot,
    beacon,
    validators,
    published: published.flat(),
    history: request.history,
    previous: request.previous,
  };
}

/** The subnet as the audit needs it. */
function snapshotOf({ block, blockHash, neurons }: Metagraph): Snapshot {
  return {
    block,
    blockHash,
    neurons: neurons.map(({ uid, hotkey, totalStake, validatorPermit }) => {
      return { uid, hotkey, stakeRao: totalStake, validatorPermit };
    }),
  };
}

async function fetchValidator(
  request: FactsRequest,
  hotkey: Hotkey,
  clients: ReadonlyMap<Hotkey, ValidatorClient>,
  signal: AbortSignal,
): Promise<Omit<ValidatorFacts, "row">> {
  const { run, rules, manners } = request;
  const client = clients.get(hotkey);
  const commitments = request.commitments.get(hotkey) ?? [];
  const reports: OfferedReport[] = [];
  const silent: { from: Hotkey; reason: string }[] = [];
  const sources = [hotkey, ...peersOf(hotkey, [...clients.keys()], manners.copies)];
  for (const familyId of rules.families.keys()) {
    for (const from of sources) {
      const fetched = await askFor(
        clients.get(from),
        run,
        familyId,
        from === hotkey ? null : hotkey,
      );
      if (fetched.ok) reports.push({ familyId, from, text: textOf(fetched.bytes) });
      else silent.push({ from, reason: fetched.reason });
    }
  }
  const about = { hotkey, commitments, reports, silent };
  if (client === undefined) {
    const log = { segment: null, problem: "NO_AXON", checkpoints: [], tails: [] };
    return { ...about, log, bodies: new Map(), unasked: new Set() };
  }
  const sound = reports.flatMap(({ text }) => {
    const shape = readReportShape(text);
    return shape.ok ? [shape.report] : [];
  });
  const wanted = { run, commitments, reports: sound, maxBytes: manners.maxLogBytes };
  const log = await fetchLog(client, wanted);
  const found = await fetchBodies(client, log, run.id, manners.bodies, signal);
  return { ...about, log, ...found };
}

function askFor(
  client: ValidatorClient | undefined,
  run: RunTimes,
  familyId: FamilyId,
  of: Hotkey | null,
) {
  if (client === undefined) return Promise.resolve({ ok: false as const, reason: "NO_AXON" });
  return client.report(run.id, familyId, of ?? undefined);
}

/** The next few in the circle of validators, so that everybody's copies are asked for. */
function peersOf(hotkey: Hotkey, all: readonly Hotkey[], count: number): readonly Hotkey[] {
  const circle = [...new Set([hotkey, ...all])].sort();
  const at = circle.indexOf(hotkey);
  return [...circle.slice(at + 1), ...circle.slice(0, at)].slice(0, count);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
