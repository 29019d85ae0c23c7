import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Chain } from "@neurond/chain";
import type { Netuid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { AuditVerifyShape } from "./schemas.ts";
import { describeCycle, verdictOn } from "./verify-result.ts";
import { type Target, verifySettings } from "./verify-settings.ts";
import { humanVerify } from "./verify-view.ts";

type Result = z.infer<typeof AuditVerifyShape>;
type Settings = Awaited<ReturnType<typeof verifySettings>>;

const MAX_HOURS = 169;

/** `neurond audit verify` */
export const auditVerify = defineAction<Result>({
  name: "verify",
  summary:
    "audit what a validator of an inference subnet exports: digests against the chain, scores against what is paid",
  description:
    "Fetches the reports of the last hours from the validator's API, or reads them from a folder, looks every digest up on chain, loads what is verified, computes the incentives by the validator's own rules and compares them with the metagraph, its weight row and the scores it publishes. Keeps nothing. Exits 0 when all is clean, 1 when something is wrong, 5 when hours are missing or could not be checked, 2 or 3 when it cannot run. A config.yml of the older auditor is taken as it is. The daemon apps/auditor does the same for every hour.",
  options: [
    { flags: "--hours <count>", description: "so many hours before the newest (default: 24)" },
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
    { flags: "--skip-miners", description: "leave the miners' own reports out" },
    { flags: "--miner-agreement", description: "compare the miners' counters with the exports" },
    { flags: "--allow-private", description: "ask APIs at loopback and private addresses too" },
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  readsConfig: true,
  examples: [
    "neurond audit verify --hours 24 --json",
    "neurond audit verify --config config.yml --hours 168 --miner-agreement",
    "neurond audit verify --folder week --hours 168",
  ],
  schema: async () => (await import("./schemas.ts")).AuditVerifyShape,
  run: async (call) => {
    const hours = call.integer("hours", { min: 1, max: MAX_HOURS }) ?? 24;
    const settings = await verifySettings(call);
    const { netuid, network, targets } = settings;
    const work = async (chain: Chain | null): Promise<Result> => {
      const validators: Result["validators"] = [];
      for (const target of targets)
        validators.push(await verifyOne(call, settings, target, hours, chain));
      return { verdict: verdictOn(validators), netuid, validators };
    };
    return network === null ? await work(null) : await withChain(call, work, network);
  },
  human: humanVerify,
  exitCode: ({ verdict }) => (({ clean: 0, findings: 1, incomplete: 5 }) as const)[verdict],
});

async function verifyOne(
  call: Call,
  settings: Settings,
  target: Target,
  hours: number,
  chain: Chain | null,
): Promise<Result["validators"][number]> {
  const { DEFAULT_SETTINGS, ExportAuditor } = await import("@neurond/ingest/io");
  const { MemoryState } = await import("@neurond/ingest");
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
    settings: {
      ...DEFAULT_SETTINGS,
      directory: join(directory, "reports"),
      first: settings.verify.method,
      policy: settings.verify.policy,
      reconcile: settings.mode,
      profile: settings.scoring.profile,
      skipsMiners: call.on("skip-miners") || call.env["SKIP_MINER_AUDITS"] === "true",
      comparesCounters:
        call.on("miner-agreement") || call.env["CALCULATE_MINER_AGREEMENT"] === "true",
      hours,
    },
  });
  const cycle = await call.progress(`auditing ${target.name}`, auditor.pass(call.signal));
  return await describeCycle(target.name, parts.source.name, hours, cycle);
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
