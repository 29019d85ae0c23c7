import { createHash } from "node:crypto";
import { join } from "node:path";
import type { SubnetView } from "@neurond/admission";
import { axonUrl, type Chain, type Metagraph, retryOf, type Signer } from "@neurond/chain";
import { hotkeyOf, type Netuid } from "@neurond/primitives";
import { forLatest, type Logger } from "@neurond/runtime";
import type { Config } from "../config.ts";
import type { MinerMetrics } from "../metrics.ts";
import { buildSelfReport } from "./build-self-report.ts";
import { fieldsBeside, findCommitted } from "./commit-report.ts";
import { handIn } from "./hand-in.ts";
import { Outbox, type Sending } from "./outbox.ts";
import type { SliceCounters } from "./slice-counters.ts";

/** What reporting takes. */
export interface ReportDeps {
  readonly chain: Pick<
    Chain,
    "watchHeads" | "head" | "commitment" | "setCommitment" | "scanCommitments"
  >;
  readonly netuid: Netuid;
  readonly signer: Signer;
  readonly view: SubnetView<Metagraph>;
  readonly counters: SliceCounters;
  readonly minStakeRao: bigint;
  readonly metrics: MinerMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** A validator that was away this long hears of the next slices only. */
const DELIVERY_MS = 2 * 3_600_000;

/** Reports every slice of the clock, one at a time, until the signal fires. */
export async function followReports(
  deps: ReportDeps,
  settings: Config["report"],
  signal: AbortSignal,
): Promise<void> {
  const reporter = new SelfReporter(deps, settings);
  const pass = async () => {
    try {
      await reporter.pass(signal);
    } catch (error) {
      if (signal.aborted || retryOf(error) === "never") throw error;
      deps.log.warn({ error }, "own report not sent; tried again at the next block");
    }
  };
  await forLatest(deps.chain.watchHeads({ signal }), pass, signal);
}

/** Takes the report under way one step on, or begins the next: noted, on chain, with every validator. */
export class SelfReporter {
  readonly #deps: ReportDeps;
  readonly #settings: Config["report"];
  readonly #outbox: Outbox;
  #sending: Sending | null | undefined;
  #wasOccupied = false;

  constructor(deps: ReportDeps, settings: Config["report"]) {
    this.#deps = deps;
    this.#settings = settings;
    this.#outbox = new Outbox(join(settings.directory, "outbox.json"));
  }

  /** One look. */
  async pass(signal: AbortSignal): Promise<void> {
    if (this.#sending === undefined) this.#sending = await this.#outbox.read();
    const next = this.#next();
    if (next !== null) await this.#keep(next);
    const sending = this.#sending;
    if (!sending || this.#isStale(sending)) return;
    const { block } = sending;
    if (block === null) await this.#commit(sending, signal);
    else await this.#deliver({ ...sending, block }, signal);
  }

  /** The slice that is due and not begun; only one in which we counted, since of others nothing is known. */
  #next(): Sending | null {
    const { counters, netuid, signer, now } = this.#deps;
    const { sliceMinutes, delaySeconds } = this.#settings;
    const lengthMs = sliceMinutes * 60_000;
    const endMs = Math.floor((now() - delaySeconds * 1_000) / lengthMs) * lengthMs;
    if (endMs <= counters.sinceMs || endMs <= (this.#sending?.endMs ?? 0)) return null;
    const about = { startMs: endMs - lengthMs, endMs, sinceMs: counters.sinceMs };
    const miner = hotkeyOf(signer.publicKey);
    const bytes = buildSelfReport({ ...about, netuid, miner, counts: counters.of(endMs) });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const text = Buffer.from(bytes).toString("utf8");
    return { endMs, text, sha256, sentBlock: null, block: null, settled: [] };
  }

  #isStale({ endMs }: Sending): boolean {
    return this.#deps.now() > endMs + DELIVERY_MS;
  }

  async #commit(sending: Sending, signal: AbortSignal): Promise<void> {
    const { chain, signer, netuid, log } = this.#deps;
    if (sending.sentBlock !== null) {
      const { sha256, sentBlock } = sending;
      const { block, isPatient } = await findCommitted(this.#deps, sha256, sentBlock, signal);
      if (block !== null) return this.#keep({ ...sending, block });
      if (isPatient) return;
    }
    const beside = await fieldsBeside(this.#deps, sending.sha256, signal);
    if ("occupied" in beside) return this.#complain(beside.occupied);
    this.#wasOccupied = false;
    const { number: sentBlock } = await chain.head({ signal });
    await this.#keep({ ...sending, sentBlock });
    const sent = await chain.setCommitment(signer, { netuid, fields: beside.fields }, { signal });
    if (sent.kind === "included" || sent.kind === "unconfirmed") return;
    await this.#keep({ ...sending, sentBlock: null });
    log.info({ result: sent }, "own report not on chain yet");
  }

  async #deliver(
    sending: Sending & { readonly block: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { signer, metrics, now } = this.#deps;
    const settled = new Set(sending.settled);
    for (const { hotkey, url } of this.#validators()) {
      if (settled.has(hotkey)) continue;
      const result = await handIn(url, sending, signer, now, signal);
      metrics.reports.inc({ result });
      if (result === "unreachable") continue;
      settled.add(hotkey);
      await this.#keep({ ...sending, settled: [...settled] });
    }
  }

  /** Whoever may judge us and says where it serves. */
  #validators() {
    const { view, minStakeRao } = this.#deps;
    return (view.current()?.neurons ?? []).flatMap((neuron) => {
      const url = axonUrl(neuron.axon, this.#settings.allowPrivateValidators);
      const judges = neuron.validatorPermit && neuron.totalStake >= minStakeRao;
      return judges && url !== null ? [{ hotkey: neuron.hotkey, url }] : [];
    });
  }

  /** Said once, not with every block. */
  #complain(text: string): void {
    if (this.#wasOccupied) return;
    this.#wasOccupied = true;
    const message =
      "own report not sent: our commitment holds something that it would replace; clear it, or set report.enabled: false";
    this.#deps.log.warn({ commitment: text.slice(0, 200) }, message);
  }

  async #keep(sending: Sending): Promise<void> {
    await this.#outbox.write(sending);
    this.#sending = sending;
  }
}
