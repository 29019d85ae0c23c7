import { isCoded } from "@neurond/primitives";
import { type Refusal, refuse } from "./refusal.ts";
import type { Principal, Signed } from "./signed.ts";

/** A caller let in: signed by its key, and for the first time. */
export interface Admitted {
  readonly kind: "admitted";
  readonly principal: Principal;
}

/**
 * Last stage of the one door: spends the nonce. It comes after the signature, so that nobody can
 * spend another's. `now` is Unix milliseconds by the clock that `checkHeaders` was given.
 */
export async function spendNonce(signed: Signed, now: number): Promise<Admitted | Refusal> {
  const { policy, principal, replayKeys } = signed;
  const claimedSender = principal.hotkey;
  // Later than this the store may have forgotten the first copy.
  if (now - signed.judgedAtMs > policy.finishWithinMs) {
    const detail = `the body and its check took longer than ${policy.finishWithinMs} ms: send again`;
    return refuse("BODY_LATE", detail, { claimedSender });
  }
  if (isUnchecked(signed)) {
    return refuse("AUTH_INTERNAL", "the declared fields of the body were not checked", {
      claimedSender,
    });
  }
  try {
    if (await policy.replay.rememberIfNew(replayKeys)) return { kind: "admitted", principal };
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    const detail = "cannot tell whether the request is a copy: send a new one later";
    return refuse("REPLAY_UNAVAILABLE", detail, { claimedSender, retryAfterSeconds: 1, cause });
  }
  return refuse("REPLAY", "the nonce is spent: sign every attempt anew", { claimedSender });
}

/** A route that declares fields must have compared them: else it takes anybody's body for the sender's. */
function isUnchecked({ policy, principal, axonBodyHash }: Signed): boolean {
  return axonBodyHash !== null && policy.axonFields.length > 0 && !principal.coversBody;
}
