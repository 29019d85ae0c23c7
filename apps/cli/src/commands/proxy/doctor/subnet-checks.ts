import { type Chain, isPrivateAddress, type Metagraph } from "@neurond/chain";
import type { Hotkey } from "@neurond/primitives";
import {
  addressKind,
  classifyCommitment,
  ENTRY_WARNINGS,
  encodeEntry,
  type MinerEndpoint,
  warningsOf,
} from "@neurond/registry";
import { type CheckedFetch, type ProbeReason, probeEndpoint } from "@neurond/registry/io";
import type { Config } from "@neurond/reverse-proxy";
import { fail, ok, unasked, warn } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";

/** A subnet at one block, and the hotkey of ours that serves it. */
export interface Served {
  readonly metagraph: Metagraph;
  readonly hotkey: Hotkey;
  readonly config: Config;
}

/** How many of the subnet the settings let in: with none, nothing can come. */
export function checkValidators({ metagraph, config }: Omit<Served, "hotkey">): ProxyCheck {
  const { requirePermit, minStake, stakeKind, netuid } = config.policy;
  const isAsked = netuid ?? config.tenants.find((tenant) => tenant.netuid === metagraph.netuid);
  if (isAsked === undefined) return ok("validators", "only callers who are named may call");
  const permitted = metagraph.neurons.filter(({ validatorPermit }) => validatorPermit);
  const admitted = (requirePermit ? permitted : metagraph.neurons).filter(
    ({ alphaStake, totalStake }) => (stakeKind === "alpha" ? alphaStake : totalStake) >= minStake,
  );
  const found = `${admitted.length} of ${permitted.length} validators of subnet ${metagraph.netuid} may call`;
  if (admitted.length > 0) return ok("validators", found);
  const remedy = "lower policy.minStake, or name callers in auth.allowed_senders";
  const others = config.auth.open || config.auth.allowed_senders.length > 0;
  return others ? warn("validators", found, remedy) : fail("validators", found, remedy);
}

/** What stands on chain for a hotkey, and where it leads. */
export interface Announced {
  readonly check: ProxyCheck;
  readonly warnings: readonly ProxyCheck[];
  readonly endpoint: MinerEndpoint | null;
  /** An axon is asked as other subnets do; the registry's readers know https only. */
  readonly scheme: "https" | "http";
}

/** Looks up the commitment, and the axon where there is none. */
export async function findAnnouncement(chain: Chain, served: Served): Promise<Announced> {
  const { metagraph, hotkey } = served;
  const { netuid } = metagraph;
  const held = await chain.commitment({ netuid, hotkey });
  const entry = held && classifyCommitment(held.fields);
  if (entry?.kind === "endpoint") {
    const warnings = warningsOf(entry, isPrivateAddress).map((name) =>
      warn("announcement", ENTRY_WARNINGS[name], "register an address that everybody reaches"),
    );
    const place = `${encodeEntry(entry.endpoint)} is committed`;
    const { endpoint } = entry;
    return { check: describePlace(place, endpoint, served), warnings, endpoint, scheme: "https" };
  }
  const axon = metagraph.byHotkey.get(hotkey)?.axon;
  const kind = axon && addressKind(axon.ip);
  const remedy = `neurond registry register --netuid ${netuid} --address <host> --port <port> --verify --online`;
  if (axon === undefined || axon.port === 0 || !kind) {
    const text = entry === undefined ? "nothing is committed" : `the commitment is ${entry.kind}`;
    const check = fail("announcement", `${text}, and there is no axon: nobody finds us`, remedy);
    return { check, warnings: [], endpoint: null, scheme: "https" };
  }
  const endpoint = { address: axon.ip, port: axon.port, kind };
  const place = `no commitment; the axon says ${encodeEntry(endpoint)}`;
  const check = describePlace(place, endpoint, served);
  return { check, warnings: [], endpoint, scheme: speaksTls(served) ? "https" : "http" };
}

const speaksTls = ({ config: { tls } }: Served) => tls.certFile !== undefined;

/** Another port than ours is right where something stands in front, and wrong elsewhere. */
function describePlace(place: string, { port }: MinerEndpoint, served: Served): ProxyCheck {
  const { server } = served.config;
  if (port === server.port || server.trustedHops.length > 0) return ok("announcement", place);
  const text = `${place}, while we listen on ${server.port}`;
  const remedy = "right behind a gateway or a forwarded port; else register the port we listen on";
  return warn("announcement", text, remedy);
}

/** Asks the announced address for our hotkey, as validators do. */
export async function checkEndpoint(
  { endpoint, scheme }: Announced,
  hotkey: Hotkey,
  { fetch, signal }: { readonly fetch: CheckedFetch; readonly signal: AbortSignal },
): Promise<ProxyCheck> {
  if (endpoint === null) return unasked("endpoint", "no address is announced");
  const place = `${scheme}://${encodeEntry(endpoint)}/check/${hotkey}`;
  const probe = await probeEndpoint({ endpoint, hotkey }, { fetch, signal, scheme });
  if (!probe.valid) {
    return fail("endpoint", `${place}: ${probe.reason}, ${probe.detail}`, REMEDIES[probe.reason]);
  }
  const text = `${place} answers in ${probe.latencyMs} ms`;
  if (probe.identified) return ok("endpoint", text);
  return warn("endpoint", `${text}, but names no hotkey`, "see what serves there: it is no proxy");
}

const FIREWALL = "open the port in firewall and router; a router may also hide us from ourselves";
const REMEDIES: Readonly<Record<ProbeReason, string>> = {
  "port-zero": "register a port above 0",
  "private-address": "register a public address; --allow-private asks there all the same",
  unresolved: "correct the name, or its DNS record",
  tls: "serve a certificate for that name, with its whole chain; --ca believes one of your own",
  timeout: FIREWALL,
  unreachable: FIREWALL,
  status: "see what serves there; auth.miner_hotkey must be the hotkey that is registered",
  identity: "the address leads to another miner: register the right one",
  overlong: "see what serves there: it is no proxy",
  "not-asked": "ask again",
};

/** The hotkeys of the settings on one subnet. */
export function hotkeysOn({ auth, policy, tenants }: Config, netuid: number): readonly Hotkey[] {
  return auth.miner_hotkey.filter((hotkey) => {
    const own = tenants.find((tenant) => tenant.hotkey === hotkey)?.netuid;
    return (own ?? policy.netuid ?? netuid) === netuid;
  });
}
