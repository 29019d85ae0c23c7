import { hash } from "node:crypto";
import type { CheckSignature, Principal } from "@neurond/epistula";
import type { HeldBody } from "../body/read-body.ts";
import type { Config } from "../config/config.ts";
import type { Exchange } from "../exchange.ts";
import { deny } from "../policies/deny.ts";
import type { Claimed } from "../policies/door.ts";
import { intervalPolicy } from "../policies/interval.ts";
import { type Denial, type Deny, firstDenial } from "../policy.ts";
import type { Running } from "../running.ts";

/**
 * What is known of a caller from headers alone. `open`: the route asks for nothing. `head`: nothing but
 * that the headers are in order and the hotkey they name may call. `interval`: its key signed for us
 * within half a minute. `full`: its key signed this request, which has no body.
 */
export type Level = "open" | "head" | "interval" | "full";

const RANK = { head: 0, interval: 1, full: 2 } as const;

/** What was established of a request that may pass. */
export interface Established {
  readonly level: Level;
  /** Whom the headers name; proven at `interval` and `full`. */
  readonly caller: Pick<Principal, "hotkey" | "standing"> | null;
  /** Of a full proof. */
  readonly principal: Principal | null;
}

/** Judges requests by their headers, in the order of epistula.md section 7, up to where the body begins. */
export function createEstablish(settings: Pick<Config, "auth" | "extAuth">, check: CheckSignature) {
  const { require, spendNonce } = settings.extAuth;
  const interval = intervalPolicy(settings.auth.miner_hotkey, check);
  const levelOf = async (exchange: Exchange, claimed: Claimed): Promise<Level> => {
    const isEpistula = claimed.kind === "pending" && claimed.claim.kind === "epistula";
    if (!isEpistula) return "head";
    return (await interval(exchange, claimed)) === undefined ? "interval" : "head";
  };
  return async (
    exchange: Exchange,
    hasBody: boolean,
    running: Running,
  ): Promise<Established | Denial> => {
    const early = await firstDenial(running.before, exchange);
    if (early) return early;
    if (exchange.route.auth === "none") return { level: "open", caller: null, principal: null };
    const claimed = running.door.judge(exchange);
    if ("deny" in claimed) return claimed;
    if (!hasBody && /^(?:GET|HEAD)$/.test(exchange.head.method)) {
      const principal = await running.door.prove(exchange, claimed, NO_BODY, spendNonce);
      if ("deny" in principal) return principal;
      return { level: "full", caller: principal, principal };
    }
    const level = await levelOf(exchange, claimed);
    if (level === "open" || level === "full" || RANK[level] >= RANK[require])
      return { level, caller: callerOf(claimed), principal: null };
    return { policy: "interval", deny: tooLittle(require) };
  };
}

const NO_BODY: HeldBody = {
  kind: "held",
  body: { kind: "none" },
  sizeBytes: 0,
  sha256: hash("sha256", "", "buffer"),
  release: () => undefined,
};

function callerOf(claimed: Claimed): Established["caller"] {
  if (claimed.kind !== "pending") return null;
  return { hotkey: claimed.claim.sender.hotkey, standing: claimed.standing };
}

function tooLittle(require: Config["extAuth"]["require"]): Deny {
  return require === "full"
    ? deny("PROOF_TOO_WEAK", "only requests without body can be proven at this gateway")
    : deny("INTERVAL_SIGNATURE", "send a valid Epistula-Secret-Signature-1 with a body");
}
