import { type CheckSignature, IntervalGate } from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";
import type { Exchange } from "../exchange.ts";
import type { Verdict } from "../policy.ts";
import { deny } from "./deny.ts";
import type { Claimed } from "./door.ts";

/**
 * Asks Epistula callers for an interval signature before their body is read: it is cheap to know again,
 * and a flood of long bodies does not have one. It proves nothing else.
 */
export function intervalPolicy(hotkeys: readonly Hotkey[], check: CheckSignature) {
  const gates = new Map<string, IntervalGate>(
    hotkeys.map((receiver) => [receiver, new IntervalGate({ receiver, check })]),
  );
  return async ({ head, receivedAt }: Exchange, claimed: Claimed): Promise<Verdict> => {
    if (claimed.kind !== "pending" || claimed.claim.kind !== "epistula") return undefined;
    const gate = gates.get(claimed.claim.receiver ?? "");
    const verdict = await gate?.verify(head.headers, receivedAt);
    if (verdict?.ok) return undefined;
    return deny("INTERVAL_SIGNATURE", "send a valid Epistula-Secret-Signature-1 first");
  };
}
