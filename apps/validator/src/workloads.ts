import type { SignedFetch } from "@neurond/runtime";
import { sampleProber } from "@neurond/workload-storage/io";
import type { Config } from "./config.ts";
import type { ShardCatalog } from "./ports/shard-catalog.ts";
import { storageEntry } from "./storage/entry.ts";
import type { Identity, Stores } from "./validator.ts";
import type { WorkloadEntry } from "./workload-entry.ts";

/** What workloads may need of the validator they run in. */
export interface WorkloadDeps {
  readonly config: Config;
  readonly identity: Identity;
  readonly stores: Stores & { readonly shards: ShardCatalog };
  /** Signs with the validator's hotkey, and goes where miners may be asked. */
  readonly send: SignedFetch;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;

/** How long bodies of the record are kept. */
export const bodyRetentionMs = ({ record }: Config): number => record.bodyRetentionDays * DAY_MS;

/** Everything this validator pays for: the one list. */
export const workloadsOf = (deps: WorkloadDeps): readonly WorkloadEntry[] => [storage(deps)];

function storage({ config, identity, stores, send, now }: WorkloadDeps): WorkloadEntry {
  const { slots, samples, deadlineSeconds } = config.probe;
  const { blocks, beaconLag, commitWindow, revealWindow, beaconKind } = config.run;
  const { signer } = identity;
  return storageEntry(
    {
      identity,
      stores,
      catalog: stores.shards,
      rules: { plan: { blocks, beaconLag, commitWindow, revealWindow } },
      sample: { slots, samples, deadlineMs: Math.round(deadlineSeconds * 1000) },
      beaconKind: beaconKind === "drand" ? 1 : 0,
      bodyRetentionMs: bodyRetentionMs(config),
      now,
    },
    sampleProber({ send, sign: (digest) => signer.sign(digest) }),
  );
}
