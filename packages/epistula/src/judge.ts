import type { Standing } from "./admission.ts";
import type { Peer } from "./peer-memo.ts";
import type { AcceptedScheme, AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { outsideWindow, type Window } from "./window.ts";

/** What every scheme is judged by, whatever its headers look like. */
export interface Subject {
  readonly kind: AcceptedScheme;
  readonly sender: Peer;
  readonly receiver: string | null;
  readonly signedNs: bigint;
  readonly window: Window;
}

/** A sender that may go on to prove itself. */
export interface Judged {
  readonly kind: "judged";
  readonly standing: Standing | null;
}

/** Receiver, window, downgrade, admission: the order of epistula.md section 7. */
export function judge(subject: Subject, policy: AuthPolicy, now: number): Judged | Refusal {
  const { receiver, kind } = subject;
  const claimedSender = subject.sender.hotkey;
  if (receiver === null ? policy.requireReceiver : !policy.receivers.has(receiver)) {
    return refuse("WRONG_RECEIVER", "the request is not signed for this hotkey", { claimedSender });
  }
  const outside = outsideWindow(subject.signedNs, now, subject.window);
  if (outside === "STALE") {
    return refuse(outside, "Request is too stale: check the sender's clock", { claimedSender });
  }
  if (outside === "FUTURE") {
    return refuse(outside, "the request is post-dated: check the sender's clock", {
      claimedSender,
    });
  }
  if (kind !== "btauth" && policy.hasUpgraded(claimedSender)) {
    return refuse("SCHEME_NOT_ALLOWED", "this sender has moved to btauth/1", { claimedSender });
  }
  const admission = policy.admit(claimedSender);
  if (admission.admitted) return { kind: "judged", standing: admission.standing };
  const { code, detail, retryAfterSeconds } = admission;
  return refuse(code, detail, {
    claimedSender,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
