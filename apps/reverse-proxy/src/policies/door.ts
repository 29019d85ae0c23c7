import {
  type CheckSignature,
  checkHeaders,
  coverAxonBody,
  finish,
  finishV1,
  type Pending,
  type PendingV1,
  type Principal,
  type Refusal,
  type Signed,
  spendNonce,
} from "@neurond/epistula";
import { isCoded } from "@neurond/primitives";
import type { HeldBody } from "../body/read-body.ts";
import type { Exchange } from "../exchange.ts";
import type { ProxyMetrics } from "../metrics.ts";
import type { Denial } from "../policy.ts";
import { type AuthPoliciesDeps, authPolicies } from "./auth-policies.ts";
import { deny } from "./deny.ts";
import type { KnownAddresses } from "./known-addresses.ts";
import { denialOf } from "./refusal-denial.ts";

export interface DoorDeps extends AuthPoliciesDeps {
  readonly check: CheckSignature;
  /** For addresses from where a caller has proven its key lately: strangers must not make them wait. */
  readonly checkAhead: CheckSignature;
  readonly addresses: Pick<KnownAddresses, "isProven">;
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
  const { auth, metrics, addresses } = deps;
  const checkFor = ({ ip, receivedAt }: Exchange) =>
    addresses.isProven(ip, receivedAt) ? deps.checkAhead : deps.check;
  const policyFor = authPolicies(deps);
  return {
    judge(exchange) {
      const { head, receivedAt } = exchange;
      const claimed = checkHeaders(head, policyFor(exchange), receivedAt);
      return claimed.kind === "refused" ? denialOf(claimed, exchange, auth) : claimed;
    },
    async prove(exchange, claimed, held, spend = true) {
      const started = performance.now();
      const signed = await finished(claimed, held, checkFor(exchange));
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
