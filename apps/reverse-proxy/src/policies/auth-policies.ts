import {
  type Admit,
  type AuthPolicy,
  AXON,
  BTAUTH,
  defineAuthPolicy,
  EPISTULA,
  type ReplayStore,
  type UpgradeMemo,
} from "@neurond/epistula";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Config } from "../config/config.ts";
import type { Exchange } from "../exchange.ts";
import type { Route } from "../routes.ts";
import { headerOf } from "./header-of.ts";

/** Some of our hotkeys, and who may call them. */
export interface Receivers {
  readonly netuid: Netuid;
  readonly hotkeys: readonly Hotkey[];
  readonly admit: Admit;
}

/** What of a route decides how its callers sign. */
type Asked = Pick<Route, "schemes" | "axonFields">;

export interface AuthPoliciesDeps {
  readonly auth: Config["auth"];
  /** At least one; a request belongs to those whose hotkey it is signed for. */
  readonly receivers: readonly Receivers[];
  readonly routes: readonly Asked[];
  /** From the header block to the spending of the nonce. */
  readonly finishWithinMs: number;
  readonly maxHeaderBytes: number;
  readonly replay: ReplayStore;
  readonly upgrades: UpgradeMemo;
}

/** One policy for each set of receivers and each way routes ask to be signed for; all share the spent nonces. */
export function authPolicies(deps: AuthPoliciesDeps): (exchange: Exchange) => AuthPolicy {
  const { receivers } = deps;
  const [fallback] = receivers;
  if (fallback === undefined) throw new Error("a door without receivers");
  const groupOf = new Map(
    receivers.flatMap((group) => group.hotkeys.map((hotkey) => [hotkey as string, group] as const)),
  );
  // Most routes ask alike, and what a policy remembers of its callers serves them all.
  const made = new Map<string, AuthPolicy>();
  const byRoute = new Map<Receivers, WeakMap<Asked, AuthPolicy>>(
    receivers.map((group) => [group, new WeakMap()]),
  );
  const policyFor = (group: Receivers, asked: Asked): AuthPolicy => {
    const known = byRoute.get(group)?.get(asked);
    if (known) return known;
    const key = JSON.stringify([group.hotkeys, asked.schemes, asked.axonFields]);
    const policy = made.get(key) ?? policyOf(deps, group, asked);
    made.set(key, policy);
    byRoute.get(group)?.set(asked, policy);
    return policy;
  };
  // What cannot work must be found out now, not by the first request.
  for (const group of receivers) for (const route of deps.routes) policyFor(group, route);
  return ({ head, route }) => {
    if (receivers.length === 1) return policyFor(fallback, route);
    for (const name of RECEIVER_HEADERS) {
      const named = headerOf(head.headers, name);
      if (named !== undefined) return policyFor(groupOf.get(named) ?? fallback, route);
    }
    return policyFor(fallback, route);
  };
}

function policyOf(deps: AuthPoliciesDeps, group: Receivers, asked: Asked): AuthPolicy {
  const { auth } = deps;
  return defineAuthPolicy({
    receivers: group.hotkeys,
    netuid: group.netuid,
    admit: group.admit,
    replay: deps.replay,
    schemes: asked.schemes,
    axonFields: asked.axonFields,
    epistulaWindow: { maxAgeMs: auth.allowed_delta_ms, maxSkewMs: auth.maxSkewMs },
    finishWithinMs: deps.finishWithinMs,
    maxHeaderBytes: deps.maxHeaderBytes,
    // Every route has a limit of its own, which was judged before.
    maxBodyBytes: Number.MAX_SAFE_INTEGER,
    acceptV1: auth.acceptV1,
    lenientHex: auth.lenientHex,
    acceptWrappedBytes: auth.acceptWrappedBytes,
    binding: auth.binding,
    bracesForEmptyGet: auth.emptyGetPaths,
    hasUpgraded: (sender) => deps.upgrades.hasUpgraded(sender),
  });
}

/** Where a request says whom it is for: whoever it says, the policy it leads to checks that. */
const RECEIVER_HEADERS = [BTAUTH.receiver, EPISTULA.signedFor, AXON.axonHotkey].map((name) =>
  name.toLowerCase(),
);
