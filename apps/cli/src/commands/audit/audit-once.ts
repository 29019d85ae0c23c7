import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Chain } from "@neurond/chain";
import type { Cycle } from "@neurond/ingest/io";
import type { Netuid } from "@neurond/primitives";
import type { Warehouse } from "@neurond/warehouse";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { Target, verifySettings } from "./verify-settings.ts";

type Settings = Awaited<ReturnType<typeof verifySettings>>;

/** A pass over one validator, while its window is still open. */
export interface AuditedOnce {
  readonly cycle: Cycle;
  readonly warehouse: Warehouse;
  readonly source: string;
  readonly readSubnet: Awaited<ReturnType<typeof partsOf>>["readSubnet"];
}

/** How many hours a command may look back. */
export const MAX_HOURS = 169;

/** Whose exports are looked at: options of every command that does. */
export const TARGET_OPTIONS: readonly Parameter[] = [
  { flags: "--validator <name>", description: "its hotkey, or its name in the config file" },
  { flags: "--url <url>", description: "base of its API" },
  {
    flags: "--folder <directory>",
    description: "exports that were kept: entries.json, blobs/, feeds/, chain/; no API is asked",
  },
  {
    flags: "--reconcile [mode]",
    description: "what uncommitted feeds may do: off, report (default), apply (without a word)",
  },
  { flags: "--allow-private", description: "ask APIs at loopback and private addresses too" },
];

/** What is audited. */
export interface Audit {
  readonly target: Target;
  readonly hours: number;
  /** Null: a folder's recorded answers stand for it. */
  readonly chain: Chain | null;
  /** What is done with the miners' own reports; absent, they are left out. */
  readonly miners?: { readonly skips: boolean; readonly compares: boolean };
}

/** Audits a validator's exports once, in a window that is gone when `use` ends. */
export async function auditOnce<T>(
  call: Call,
  settings: Settings,
  { target, hours, chain, miners = { skips: true, compares: false } }: Audit,
  use: (audited: AuditedOnce) => Promise<T>,
): Promise<T> {
  const { DEFAULT_SETTINGS, ExportAuditor } = await import("@neurond/ingest/io");
  const { MemoryState } = await import("@neurond/ingest");
  const { auditedWorkloads } = await import("@neurond/audit");
  const { openWarehouse } = await import("@neurond/warehouse");
  await using resources = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "neurond-audit-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const warehouse = resources.use(await openWarehouse({ directory: join(directory, "window") }));
  const parts = await partsOf(call, settings, target, chain, settings.netuid);
  resources.defer(parts.close);
  const state = new MemoryState();
  const auditor = new ExportAuditor({
    validator: target.validator,
    ...parts,
    state,
    warehouse,
    now: Date.now,
    runRules: { workloads: auditedWorkloads().map(({ workload }) => workload), minTasks: null },
    settings: {
      ...DEFAULT_SETTINGS,
      directory: join(directory, "reports"),
      first: settings.verify.method,
      policy: settings.verify.policy,
      tree: settings.verify.tree,
      reconcile: settings.mode,
      profile: settings.scoring.profile,
      skipsMiners: miners.skips,
      comparesCounters: miners.compares,
      hours,
    },
  });
  const cycle = await call.progress(`auditing ${target.name}`, auditor.pass(call.signal));
  const { source, readSubnet } = parts;
  return await use({ cycle, warehouse, source: source.name, readSubnet });
}

/** Where exports and the chain's word on them come from. */
async function partsOf(
  call: Call,
  { verify }: Settings,
  { place }: Target,
  chain: Chain | null,
  netuid: Netuid,
) {
  const io = await import("@neurond/ingest/io");
  const source =
    "folder" in place
      ? io.folderSource(place.folder)
      : io.httpSource({ url: place.url, allowPrivate: call.on("allow-private") });
  if (chain === null) {
    const folder = "folder" in place ? place.folder : "";
    const witness = await io.recordedWitness(folder);
    return { source, witness, readSubnet: io.recordedSubnet(folder), close: async () => undefined };
  }
  const opened = new Map<string, Promise<Chain>>();
  const archives = verify.archives.map((endpoint) => () => {
    const chainOf =
      opened.get(endpoint) ?? call.connectChain({ endpoints: [endpoint] }, call.signal);
    opened.set(endpoint, chainOf);
    return chainOf;
  });
  return {
    source,
    witness: io.chainWitness({ netuid, chain, archives, seen: null }),
    readSubnet: io.chainSubnet(chain, netuid),
    close: async () => {
      for (const archive of await Promise.allSettled(opened.values()))
        if (archive.status === "fulfilled") await archive.value[Symbol.asyncDispose]();
    },
  };
}
