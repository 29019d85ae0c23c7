import type { Chain, Commitment, Metagraph, Neuron, WeightsRow } from "@neurond/chain";
import { parseCommitment } from "@neurond/ledger";
import { type BlockNumber, toNetuid } from "@neurond/primitives";
import { z } from "zod";
import { AUDITOR, NETUID, NEURONS, type Player, uidOf } from "./cast.ts";
import { fetchJson } from "./fetch-json.ts";
import { lastRevealed, phaseOf, runIndexAt, startOf } from "./plan.ts";
import { readAudit } from "./read-audit.ts";
import { readDoors } from "./read-doors.ts";
import { readExported } from "./read-exported.ts";
import type { DaemonStatus } from "./supervisor.ts";
import type { FileView, MinerView, ObjectsView, ValidatorView, View } from "./view.ts";

const RAO_PER_ALPHA = 1_000_000_000n;
/** The family that the storage workload is scored under. */
const FAMILY = "storage-1";

/** What a watcher looks at: the chain, and what the daemons publish. */
export interface Sights {
  readonly chain: Chain;
  readonly url: string;
  readonly directory: string;
  readonly blockTimeMs: number;
  /** Where the auditor writes evidence. */
  readonly evidenceDirectory: string;
  /** Base of a daemon's HTTP API. */
  readonly baseOf: (name: string) => URL;
  /** Base of what a proxy tells its operator. */
  readonly operatorOf: (proxy: string) => URL;
  readonly daemons: () => readonly DaemonStatus[];
  readonly file: () => FileView | null;
  readonly objects: () => ObjectsView | null;
}

const Scores = z.object({ run_id: z.string(), scores: z.record(z.string(), z.int()) });
type Scores = z.infer<typeof Scores>;

/** Looks at a localnet from outside, again and again; reports that were seen are not asked for twice. */
export class Watcher {
  readonly #sights: Sights;
  readonly #reports = new Map<string, Scores>();

  constructor(sights: Sights) {
    this.#sights = sights;
  }

  async look(block: BlockNumber, signal: AbortSignal): Promise<View> {
    const { chain, url, directory, blockTimeMs, daemons, file, objects, baseOf } = this.#sights;
    const { evidenceDirectory, operatorOf } = this.#sights;
    const netuid = toNetuid(NETUID);
    const [metagraph, rows, commitments, audit, exported, reports, doors] = await Promise.all([
      chain.metagraph({ netuid }, { signal }),
      chain.weights({ netuid }, { signal }),
      chain.commitments(netuid, { signal }),
      readAudit(baseOf(AUDITOR.name), evidenceDirectory, signal),
      readExported(baseOf(AUDITOR.name), signal),
      this.#latestReports(lastRevealed(block), signal),
      readDoors(operatorOf, signal),
    ]);
    const index = runIndexAt(block);
    const into = block - startOf(index);
    const about = { metagraph, rows, commitments, reports };
    const runs = Array.from({ length: index }, (_, at) => ({
      id: `run-${at}`,
      index: at,
      phase: phaseOf(at, block),
      audit: audit.runs.get(`run-${at}`) ?? null,
    }));
    return {
      url,
      directory,
      blockTimeMs,
      block,
      run: { index, phase: phaseOf(index, block), into },
      runs,
      miners: players("miner").map((player) => minerView(player, about)),
      validators: players("validator").map((player) => validatorView(player, about)),
      doors,
      exported,
      findings: audit.findings,
      file: file(),
      objects: objects(),
      daemons: daemons(),
    };
  }

  /** By validator, each one's report of the latest run that it shows. */
  async #latestReports(last: number, signal: AbortSignal): Promise<ReadonlyMap<string, Scores>> {
    await Promise.all(
      players("validator").map(async ({ name }) => {
        const runId = `run-${last}`;
        if (last < 0 || this.#reports.get(name)?.run_id === runId) return;
        const path = `/v1/consensus/scores/${runId}?family_id=${FAMILY}`;
        const report = await fetchJson(Scores, new URL(path, this.#sights.baseOf(name)), signal);
        if (report !== undefined) this.#reports.set(name, report);
      }),
    );
    return this.#reports;
  }
}

interface Seen {
  readonly metagraph: Metagraph;
  readonly rows: readonly WeightsRow[];
  readonly commitments: readonly Commitment[];
  readonly reports: ReadonlyMap<string, Scores>;
}

function minerView(player: Player, { metagraph, rows, reports }: Seen): MinerView {
  const { uid, hotkey, incentive } = neuronOf(player, metagraph);
  return {
    player,
    uid,
    hotkey,
    scores: players("validator").map(({ name }) => reports.get(name)?.scores[hotkey] ?? null),
    weights: players("validator").map((validator) => {
      const row = rows.find((one) => one.uid === uidOf(validator.name));
      if (row === undefined || row.weights.length === 0) return null;
      return row.weights.find((one) => one.uid === uid)?.value ?? 0;
    }),
    incentive,
  };
}

function validatorView(
  player: Player,
  { metagraph, rows, commitments, reports }: Seen,
): ValidatorView {
  const { uid, hotkey, totalStake, lastUpdate } = neuronOf(player, metagraph);
  const hasRow = rows.some((row) => row.uid === uid && row.weights.length > 0);
  return {
    player,
    uid,
    hotkey,
    stake: Number(totalStake / RAO_PER_ALPHA),
    commitment: commitmentView(commitments.find((one) => one.hotkey === hotkey)),
    revealed: reports.get(player.name)?.run_id ?? null,
    lastUpdate: hasRow ? lastUpdate : 0,
  };
}

function commitmentView(commitment: Commitment | undefined): ValidatorView["commitment"] {
  if (commitment === undefined) return null;
  const texts = commitment.fields.flatMap((field) =>
    field.kind === "raw" ? [Buffer.from(field.bytes).toString("latin1")] : [],
  );
  const { scores, log } = parseCommitment(texts);
  const { block } = commitment;
  return { runId: scores?.runId ?? null, hash: scores?.hash ?? log?.root ?? "", block };
}

function neuronOf({ name }: Player, { neurons }: Metagraph): Neuron {
  const neuron = neurons[uidOf(name) ?? -1];
  if (neuron === undefined) throw new Error(`${name} is on no uid of the subnet`);
  return neuron;
}

function players(role: Player["role"]): readonly Player[] {
  return NEURONS.filter((one) => one.role === role);
}
