import type { SignedFetch } from "@neurond/runtime";
import type { SlotPlan } from "@neurond/workload-storage";
import { storageProber } from "@neurond/workload-storage/io";
import type { Config } from "./config.ts";
import type { GrantStore } from "./ports/grant-store.ts";
import type { ProofStore } from "./ports/proof-store.ts";
import type { ShardCatalog } from "./ports/shard-catalog.ts";
import { rewardedEntry } from "./rewards/rewarded-entry.ts";
import { standingRules } from "./rewards/standing-rules.ts";
import { storageEntry } from "./storage/entry.ts";
import { shardSlotsOf } from "./storage/plan/shard-slots.ts";
import { openAsked } from "./storage/single/token-secrets.ts";
import { judgeSweepNow } from "./storage/sweep/judge-sweep.ts";
import type { Sweeps } from "./storage/sweep/open-sweeps.ts";
import type { SweepKeys } from "./storage/sweep/sweep-keys.ts";
import type { Identity, Stores } from "./validator.ts";
import type { WorkloadEntry } from "./workload-entry.ts";

/** What workloads may need of the validator they run in. */
export interface WorkloadDeps {
  readonly config: Config;
  readonly identity: Identity;
  readonly stores: Stores & {
    readonly shards: ShardCatalog;
    readonly grants: GrantStore;
    readonly proofs: ProofStore;
  };
  /** Null where nothing is swept. */
  readonly sweeps: Sweeps | null;
  /** Null where no tokens are used. */
  readonly tokenKeys: SweepKeys | null;
  /** Signs with the validator's hotkey, and goes where miners may be asked. */
  readonly send: SignedFetch;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;

/** How long bodies of the record are kept. */
export const bodyRetentionMs = ({ record }: Config): number => record.bodyRetentionDays * DAY_MS;

/** Everything this validator pays for: the one list. */
export const workloadsOf = (deps: WorkloadDeps): readonly WorkloadEntry[] => [storage(deps)];

const storage = (deps: WorkloadDeps): WorkloadEntry =>
  rewardedEntry(proven(deps), { stores: deps.stores, rules: standingRules(deps.config) });

function proven(deps: WorkloadDeps): WorkloadEntry {
  const { config, identity, stores, sweeps, tokenKeys, send, now } = deps;
  const { blocks, beaconLag, commitWindow, revealWindow, beaconKind } = config.run;
  const { signer } = identity;
  const { sweep, ttlBlocks } = config.storage;
  const { periodBlocks } = sweep;
  const { grants, proofs } = stores;
  return storageEntry(
    {
      identity,
      stores,
      catalog: stores.shards,
      proofs,
      rules: { plan: { blocks, beaconLag, commitWindow, revealWindow } },
      slots: slotsOf(config),
      sweeps: sweeps && { ...sweeps, grants, periodBlocks, ttlBlocks },
      beaconKind: beaconKind === "drand" ? 1 : 0,
      bodyRetentionMs: bodyRetentionMs(config),
      now,
    },
    storageProber({
      send,
      sign: (digest) => signer.sign(digest),
      secrets: {
        ...(sweeps && {
          judgeSweep: (task, answer) => judgeSweepNow({ ...sweeps, stores }, task, answer),
        }),
        ...(tokenKeys && { openToken: (task) => openAsked(tokenKeys, proofs, task) }),
      },
    }),
  );
}

/** What every miner is asked: samples, one sweep where shards are tagged, and what else is set. */
function slotsOf({ probe, storage }: Config): readonly SlotPlan[] {
  const { sweep } = storage;
  const { slots, samples, deadlineSeconds } = probe;
  const deadline_ms = Math.round(deadlineSeconds * 1000);
  const sampled = Array.from({ length: slots }, (): SlotPlan => {
    return { mode: "sample", samples, deadline_ms };
  });
  const single = shardSlotsOf(storage);
  if (!sweep.enabled) return [...sampled, ...single];
  const { budgetRows } = sweep;
  const swept: SlotPlan = {
    mode: "sweep",
    ...(budgetRows !== undefined && { budget_rows: budgetRows }),
    deadline_ms: Math.round(sweep.deadlineSeconds * 1000),
    bytes_per_second: 100_000_000,
  };
  return [...sampled, swept, ...single];
}
