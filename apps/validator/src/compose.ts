import { Log, signReport } from "@neurond/ledger";
import { fromHex, hotkeyOf } from "@neurond/primitives";
import { type Health, type Registry, signedFetch } from "@neurond/runtime";
import { openArchive } from "./archive.ts";
import { CommitmentSlot } from "./commitment-slot.ts";
import { openDiscovery } from "./discovery/discovery.ts";
import { createMetrics } from "./metrics.ts";
import { standingRules } from "./rewards/standing-rules.ts";
import { configHashOf, rulesOf } from "./rules.ts";
import type { Rules } from "./settings.ts";
import { openSweeps, openTokenKeys, type Sweeps } from "./storage/sweep/open-sweeps.ts";
import type { SweepKeys } from "./storage/sweep/sweep-keys.ts";
import { type AllStores, openStores } from "./stores.ts";
import type { Validator } from "./validator.ts";
import type { ValidatorParts } from "./validator-parts.ts";
import { WeightsWatch } from "./weights-watch.ts";
import { bodyRetentionMs, workloadsOf } from "./workloads.ts";

/** A validator with what only its storage endpoints need. */
export type ComposedValidator = Validator & {
  readonly stores: AllStores;
  readonly sweeps: Sweeps | null;
  /** Null where no tokens are used. */
  readonly tokenKeys: SweepKeys | null;
};

/** Puts a validator together. Nothing runs yet, and nothing is sent. */
export async function composeValidator(
  parts: ValidatorParts,
  { registry, health }: { readonly registry: Registry; readonly health: Health },
): Promise<ComposedValidator> {
  const { config, signer, chain, database, log, now = Date.now } = parts;
  const hotkey = hotkeyOf(signer.publicKey);
  const identity = { netuid: config.netuid, hotkey, signer };
  const stores = await openStores(database, hotkey, now);
  const discovery = await openDiscovery(config, now);
  const { fetch } = discovery;
  const send = signedFetch({ key: signer, ...(fetch && { fetch }) });
  const sweeps = await openSweeps(config, identity, { journal: stores.journal, chain });
  const tokenKeys = await openTokenKeys(config, identity, sweeps);
  const deps = { config, identity, stores, sweeps, tokenKeys, send, now };
  const workloads = (parts.workloads ?? workloadsOf)(deps);
  const families = workloads.map(({ family }) => family);
  const { probe, gossip, weights, run } = config;
  const rules = rulesOf(run, families);
  return {
    identity,
    chain,
    stores,
    sweeps,
    tokenKeys,
    record: new Log(stores.log),
    archive: await openArchive(config.record.archiveDirectory),
    workloads,
    rules,
    manners: {
      probesAtOnce: probe.atOnce,
      gossipAtOnce: gossip.atOnce,
      gossipTimeoutMs: gossip.timeoutSeconds * 1000,
      allowPrivatePeers: gossip.allowPrivatePeers,
      weightsEveryBlocks: weights.everyBlocks,
      sendsWeights: !config["neuron.disable_set_weights"],
    },
    discovery,
    send,
    configHash: configHashOf(run, families, standingRules(config)),
    beaconKind: run.beaconKind === "drand" ? 1 : 0,
    bodyRetentionMs: bodyRetentionMs(config),
    slot: new CommitmentSlot(),
    publishedSha256: async () => {
      const slice = await stores.exports.reports.newestListed();
      return slice && fromHex(`0x${slice.sha256}`);
    },
    signScores: parts.signScores ?? ((scores) => signReport(scores, signer)),
    metrics: createMetrics(registry),
    weightsWatch: await watchWeights(parts, rules, health),
    log,
    now,
  };
}

/** Weights follow a run only when it has closed and was agreed upon: so long silence is no fault. */
async function watchWeights(
  { chain, config }: ValidatorParts,
  { plan }: Rules,
  health: Health,
): Promise<WeightsWatch> {
  const { tempo } = await chain.epochSchedule(config.netuid);
  const limit = config.weights.silentTempos * tempo + 2 * plan.blocks + plan.revealWindow;
  return new WeightsWatch(limit, (await chain.head()).number, health);
}
