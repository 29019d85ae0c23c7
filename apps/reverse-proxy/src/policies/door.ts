import {
  type AdmissionCode,
  type Admit,
  type AuthPolicy,
  answerRefusal,
  BTAUTH,
  type CheckSignature,
  checkHeaders,
  coverAxonBody,
  defineAuthPolicy,
  EPISTULA,
  type ErrorDialect,
  finish,
  finishV1,
  type Pending,
  type PendingV1,
  type Principal,
  type Refusal,
  type ReplayStore,
  type Signed,
  spendNonce,
  type UpgradeMemo,
} from "@neurond/epistula";
import { type Hotkey, isCoded, type Netuid } from "@neurond/primitives";
import type { HeldBody } from "../body/read-body.ts";
import type { Config } from "../config/config.ts";
import type { Exchange } from "../exchange.ts";
import type { ProxyMetrics } from "../metrics.ts";
import type { Denial } from "../policy.ts";
import type { Route } from "../routes.ts";
import { deny } from "./deny.ts";
import { headerOf } from "./header-of.ts";

/** Some of our hotkeys, and who may call them. */
export interface Receivers {
  readonly netuid: Netuid;
  readonly hotkeys: readonly Hotkey[];
  readonly admit: Admit;
}

/** What of a route decides how its callers sign. */
type Asked = Pick<Route, "schemes" | "axonFields">;

export interface DoorDeps {
  readonly auth: Config["auth"];
  /** At least one; a request belongs to those whose hotkey it is signed for. */
  readonly receivers: readonly Receivers[];
  readonly routes: readonly Asked[];
  /** From the header block to the spending of the nonce. */
  readonly finishWithinMs: number;
  readonly maxHeaderBytes: number;
  readonly replay: ReplayStore;
  readonly check: CheckSignature;
  readonly upgrades: UpgradeMemo;
  readonly metrics: Pick<ProxyMetrics, "verifySeconds" | "replayHits">;
}

/** A caller whose headers are in order; its body may be read now. */
export type Claimed = Pending | PendingV1;

/** Who is calling, and may it: judged by the headers, then proven by the body. */
export interface Door {
  judge(exchange: Exchange): Claimed | Denial;
  /** `spend` false leaves the nonce to be spent by whoever gets the request next. */
  prove(
    exchange: Exchange,
    claimed: Claimed,
    held: HeldBody,
    spend?: boolean,
  ): Promise<Principal | Denial>;
}

/** Makes the door of a configuration; throws where its policies could not keep what they promise. */
export function createDoor(deps: DoorDeps): Door {
  const { auth, metrics } = deps;
  const asks = policies(deps);
  return {
    judge(exchange) {
      const { head, receivedAt } = exchange;
      const claimed = checkHeaders(head, asks(exchange), receivedAt);
      return claimed.kind === "refused" ? denialOf(claimed, exchange, auth) : claimed;
    },
    async prove(exchange, claimed, held, spend = true) {
      const started = performance.now();
      const signed = await finished(claimed, held, deps.check);
      metrics.verifySeconds.observe((performance.now() - started) / 1000);
      if (signed === "busy") return BUSY;
      if (signed.kind === "refused") return denialOf(signed, exchange, auth);
      if (!spend) return signed.principal;
      // The clock that stamped the arrival.
      const admitted = await spendNonce(signed, Date.now());
      if (admitted.kind === "refused") {
        if (admitted.code === "REPLAY") metrics.replayHits.inc();
        return denialOf(admitted, exchange, auth);
      }
      deps.upgrades.note(admitted.principal);
      return admitted.principal;
    },
  };
}

const BUSY: Denial = {
  policy: "authenticate",
  deny: deny("VERIFY_BUSY", "too many signatures wait to be checked; try again", {
    "Retry-After": "1",
  }),
};

async function finished(
  claimed: Claimed,
  { body, sha256 }: HeldBody,
  check: CheckSignature,
): Promise<Signed | Refusal | "busy"> {
  try {
    if (claimed.kind === "pending") {
      const signed = await finish(claimed, sha256, check);
      const isDendrites = signed.kind === "signed" && signed.axonBodyHash !== null;
      return isDendrites ? coverAxonBody(signed, parsed(body)) : signed;
    }
    // Version 1 signs the body itself: one too long for memory cannot be its envelope.
    return await finishV1(claimed, body.kind === "memory" ? body.bytes : new Uint8Array(), check);
  } catch (cause) {
    if (isCoded(cause, "VERIFY_POOL_BUSY", "VERIFY_POOL_CLOSED")) return "busy";
    throw cause;
  }
}

/** The body as JSON; what is none has no fields. */
function parsed(body: HeldBody["body"]): unknown {
  if (body.kind !== "memory") return undefined;
  try {
    return JSON.parse(body.bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** One policy for each set of receivers and each way routes ask to be signed for; all share the spent nonces. */
function policies(deps: DoorDeps): (exchange: Exchange) => AuthPolicy {
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
    const named =
      headerOf(head.headers, RECEIVER_HEADERS[0]) ?? headerOf(head.headers, RECEIVER_HEADERS[1]);
    return policyFor(groupOf.get(named ?? "") ?? fallback, route);
  };
}

function policyOf(deps: DoorDeps, group: Receivers, asked: Asked): AuthPolicy {
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

const RECEIVER_HEADERS = [BTAUTH.receiver.toLowerCase(), EPISTULA.signedFor.toLowerCase()] as const;

const ADMISSION_CODES: ReadonlySet<string> = new Set<AdmissionCode>([
  "SENDER_NOT_ALLOWED",
  "NOT_REGISTERED",
  "NO_PERMIT",
  "LOW_STAKE",
  "METAGRAPH_UNAVAILABLE",
]);

/** A refusal in the words the operator chose; counters and the log keep ours. */
function denialOf(
  refusal: Refusal,
  exchange: Exchange,
  auth: { readonly errorDialect: ErrorDialect; readonly opaqueErrors: boolean },
): Denial {
  const { status, headers, body } = answerRefusal(refusal, { requestId: exchange.id, ...auth });
  const skewed = refusal.code === "STALE" || refusal.code === "FUTURE";
  return {
    policy: ADMISSION_CODES.has(refusal.code) ? "authorise" : "authenticate",
    deny: {
      status,
      code: body.code,
      loggedCode: refusal.code,
      detail: body.detail,
      // A clock that is wrong is the commonest cause of refusals: its owner can tell from this.
      headers: skewed ? { ...headers, "X-Server-Time": String(exchange.receivedAt) } : headers,
    },
  };
}
