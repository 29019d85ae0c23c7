import { isPrivateAddress } from "@neurond/chain";
import { formatTao, type Hotkey } from "@neurond/primitives";
import { orchestratorObjection } from "@neurond/registry";
import { CapacityOverrides, type Config, capacityNow } from "@neurond/reverse-proxy";
import type { UnknownKey } from "@neurond/runtime";
import { fail, ok, warn } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";

/** Settings that are read and work, and are hardly what somebody wants. */
export function checkSettings(
  config: Config,
  unknown: readonly UnknownKey[],
  file: string | undefined,
): readonly ProxyCheck[] {
  const { server, auth, policy, metrics } = config;
  const isBehind = server.trustedHops.length > 0;
  const silly: readonly (readonly [applies: boolean, found: string, remedy: string])[] = [
    ...unknown.map(({ path, meant }) => {
      const remedy =
        meant === undefined ? "remove it, or see config/reverse-proxy.yaml" : `write ${meant}`;
      return [true, `no setting is called ${path}: it does nothing`, remedy] as const;
    }),
    [auth.open, "auth.open lets any key in the world call", "set policy.netuid, or name senders"],
    [
      policy.dryRun.length > 0,
      `policy.dryRun: ${policy.dryRun.join(", ")} only count, and let everything by`,
      "empty it once the counters look right",
    ],
    [
      isOnlyLocal(server.host) && !isBehind,
      `we listen on ${server.host} only: nobody outside reaches that`,
      "set server.host to 0.0.0.0, or, behind nginx or Caddy, name them in server.trustedHops",
    ],
    [
      server.proxyProtocol && !isBehind,
      "server.proxyProtocol without server.trustedHops: nobody's word on addresses counts",
      "name the balancer in server.trustedHops",
    ],
    [
      metrics.enabled && !isOnlyLocal(metrics.listen.host),
      `metrics are told to whoever reaches ${metrics.listen.host}:${metrics.listen.port}`,
      "listen on 127.0.0.1, or keep others away with a firewall",
    ],
  ];
  const found = silly.flatMap(([applies, text, remedy]) =>
    applies ? [warn("settings", text, remedy)] : [],
  );
  return found.length > 0 ? found : [ok("settings", `${file ?? "defaults and environment"}`)];
}

/** Loopback or private: an address that only this machine or network has. */
function isOnlyLocal(host: string): boolean {
  if (host === "0.0.0.0" || host === "::") return false;
  return host === "localhost" || isPrivateAddress(host);
}

/** Whom the settings let in, and whether the one who hands out work is among them. */
export function checkCallers(
  { auth, policy, tenants }: Config,
  orchestrator: Hotkey | undefined,
): ProxyCheck {
  const { allowed_senders: allowed, denied_senders: denied, open } = auth;
  if (orchestrator !== undefined && denied.includes(orchestrator)) {
    const remedy = "take it off auth.denied_senders";
    return fail("callers", `the orchestrator ${orchestrator} is refused by name`, remedy);
  }
  const hasPolicy =
    policy.netuid !== undefined || tenants.some(({ netuid }) => netuid !== undefined);
  const permit = policy.requirePermit ? "validators with a permit" : "neurons";
  const stake =
    policy.minStake > 0n ? ` and ${formatTao(policy.minStake)} ${policy.stakeKind} stake` : "";
  const who = [
    ...(allowed.length > 0 ? [`${allowed.length} by name`] : []),
    ...(hasPolicy ? [`${permit}${stake}`] : []),
    ...(open ? ["everybody"] : []),
  ].join(", ");
  if (orchestrator === undefined || open || allowed.includes(orchestrator))
    return ok("callers", who);
  if (hasPolicy) {
    const remedy = "if its hotkey has no permit on the subnet, name it in auth.allowed_senders";
    return warn("callers", `${who}; the orchestrator ${orchestrator} is not named`, remedy);
  }
  const remedy = "name it in auth.allowed_senders: it hands out the work";
  return fail("callers", `${who}; the orchestrator ${orchestrator} is not among them`, remedy);
}

/** Whether the orchestrator would take our capacity document, were everything behind us well. */
export function checkCapacity({ capacity }: Config): ProxyCheck {
  const document = capacityNow(capacity, () => "ready", new CapacityOverrides(), false);
  const shape = capacity.format === "lists" ? "lists" : "flags";
  const objection = orchestratorObjection(document[shape]);
  if (objection !== null) {
    const remedy =
      "set capacity.format to flags: a document it cannot read makes the miner invalid";
    return fail("capacity", objection, remedy);
  }
  const offered = Object.entries(document.flags).flatMap(([name, can]) => (can ? [name] : []));
  if (offered.length > 0) return ok("capacity", `we offer ${offered.join(", ")}`);
  const remedy = "name what the servers can do in capacity.inference, or set capacity.flags";
  return fail("capacity", "we say that we can do nothing: nobody sends work", remedy);
}
