import { type Chain, resolveNetwork } from "@neurond/chain";
import { type Hotkey, type Netuid, parseHotkey, toNetuid } from "@neurond/primitives";
import type { Config } from "@neurond/reverse-proxy";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { Call } from "../../../call.ts";
import { CHAIN_OPTIONS, networkOf, withChain } from "../../../chain.ts";
import { checkChain, checkClock, checkRegistration } from "../../doctor/chain-checks.ts";
import { exitCode, guarded, tableOf, unasked, worst } from "../../doctor/check.ts";
import { checkRedis } from "../../doctor/service-checks.ts";
import { fetchOf, REACH_OPTIONS } from "../../registry/reach.ts";
import { checkBackends } from "./backend-checks.ts";
import { checkDate } from "./date-check.ts";
import { PROXY_CHECKS, type ProxyCheck } from "./examined.ts";
import type { ProxyDoctorShape } from "./schemas.ts";
import { checkTls } from "./tls-check.ts";

type Diagnosis = z.infer<typeof ProxyDoctorShape>;

/** `neurond proxy doctor` */
export const proxyDoctor = defineAction<Diagnosis>({
  name: "doctor",
  summary: "why does a miner get no requests? Look at all that stands in the way",
  description:
    "Looks at the proxy's settings, at the chain, at the address that stands there, at the servers behind, and at the running proxy's counters. Nothing is changed and no key is needed. The exit code is 1 when a check fails; warnings alone leave it 0.",
  options: [
    {
      flags: "--settings <path>",
      description: "the proxy's settings, file or directory (default: where the proxy looks)",
    },
    {
      flags: "--orchestrator <hotkey>",
      description: "who hands out work, if it must be let in (default: that of subnet 11)",
    },
    ...REACH_OPTIONS,
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  examples: [
    "neurond proxy doctor --netuid 11",
    "neurond proxy doctor --settings /etc/neurond/reverse-proxy.yaml --json",
  ],
  schema: async () => (await import("./schemas.ts")).ProxyDoctorShape,
  run: examine,
  human: tableOf,
  exitCode,
});

async function examine(call: Call): Promise<Diagnosis> {
  // The proxy is loaded only when it is examined: its neighbours in this group do without.
  const { readSettings } = await import("./read-settings.ts");
  const { settings, file, checks } = await readSettings(call);
  if (settings === null) return conclude(checks, file);
  const { config } = settings;
  const { checkCallers, checkCapacity } = await import("./settings-checks.ts");
  const { checkProcess } = await import("./process-checks.ts");
  const [onChain, backends, running, redis] = await Promise.all([
    chainChecks(call, config),
    checkBackends(settings),
    checkProcess(config),
    checkRedis(config.redis.url?.reveal(), call.signal),
  ]);
  const tls = await checkTls(config, onChain.addresses, Date.now());
  const said = [checkCallers(config, orchestratorOf(call, config)), checkCapacity(config)];
  const all = [...checks, ...said, tls, ...backends, redis, ...onChain.checks, ...running];
  return conclude(all, file);
}

function conclude(checks: readonly ProxyCheck[], file: string | undefined): Diagnosis {
  const sorted = checks.toSorted(
    (a, b) => PROXY_CHECKS.indexOf(a.name) - PROXY_CHECKS.indexOf(b.name),
  );
  return { status: worst(checks), settings: file ?? null, checks: sorted };
}

/** The one that Dippy's own example names as the only sender. */
const ORCHESTRATORS: Readonly<Record<number, string>> = {
  11: "5HauDwEzvs3MHhLooiiL7GWpxFGTuVzhwDBb5NqDyES25VLd",
};

function orchestratorOf(call: Call, { policy }: Config): Hotkey | undefined {
  const named =
    call.given("orchestrator") ??
    ORCHESTRATORS[policy.netuid ?? call.integer("netuid", { min: 0, max: 65_535 }) ?? -1];
  return named === undefined ? undefined : parseHotkey(named);
}

interface OnChain {
  readonly checks: readonly ProxyCheck[];
  /** Under which we are to be found. */
  readonly addresses: readonly string[];
}

const OF_SUBNET = ["registration", "validators", "announcement", "endpoint"] as const;
const NO_SUBNET = "give --netuid: policy.netuid names no subnet";

async function chainChecks(call: Call, config: Config): Promise<OnChain> {
  const network = isChosen(call)
    ? networkOf(call)
    : resolveNetwork({ network: config.auth.chain_endpoint, env: {} });
  const remedy = "check auth.chain_endpoint and the way to it; without it no validator is known";
  const found: ProxyCheck[] = [];
  const addresses: string[] = [];
  const dated = checkDate(network.endpoint, Date.now);
  const connected = await guarded<"chain">("chain", remedy, () =>
    withChain(
      call,
      async (chain) => {
        const answer = await checkChain(chain, network.name);
        found.push(await guarded("clock", remedy, () => checkClock(chain)));
        const netuids = netuidsOf(call, config);
        if (netuids.length === 0) found.push(...OF_SUBNET.map((name) => unasked(name, NO_SUBNET)));
        for (const netuid of netuids) {
          const about = await subnetChecks(call, chain, config, netuid);
          found.push(...about.checks);
          addresses.push(...about.addresses);
        }
        return answer;
      },
      network,
    ),
  );
  if (connected.status === "fail" && found.length === 0)
    found.push(
      ...(["clock", ...OF_SUBNET] as const).map((name) =>
        unasked(name, "the chain does not answer"),
      ),
    );
  return { checks: [connected, await dated, ...found], addresses };
}

const isChosen = (call: Call): boolean =>
  call.given("subtensor.network") !== undefined ||
  call.given("subtensor.chain_endpoint") !== undefined;

/** Those of the settings; where only named callers are let in they name none, and the line may. */
function netuidsOf(call: Call, { policy, tenants }: Config): readonly Netuid[] {
  const given = call.integer("netuid", { min: 0, max: 65_535 });
  const all = [policy.netuid ?? given, ...tenants.map(({ netuid }) => netuid)];
  return [...new Set(all.filter((netuid) => netuid !== undefined))].map(toNetuid);
}

async function subnetChecks(
  call: Call,
  chain: Chain,
  config: Config,
  netuid: Netuid,
): Promise<OnChain> {
  const { checkEndpoint, checkValidators, findAnnouncement, hotkeysOn } = await import(
    "./subnet-checks.ts"
  );
  const metagraph = await chain.metagraph({ netuid });
  const probe = { fetch: await fetchOf(call), signal: call.signal };
  const ours = await Promise.all(
    hotkeysOn(config, netuid).map(async (hotkey) => {
      const announced = await findAnnouncement(chain, { metagraph, hotkey, config });
      const checks: ProxyCheck[] = [
        checkRegistration({ metagraph, hotkey }),
        announced.check,
        ...announced.warnings,
        await checkEndpoint(announced, hotkey, probe),
      ];
      return { checks, addresses: announced.endpoint === null ? [] : [announced.endpoint.address] };
    }),
  );
  return {
    checks: [checkValidators({ metagraph, config }), ...ours.flatMap(({ checks }) => checks)],
    addresses: ours.flatMap(({ addresses }) => addresses),
  };
}
