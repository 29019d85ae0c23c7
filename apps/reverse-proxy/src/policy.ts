import type { HeldBody } from "./body/read-body.ts";
import type { Exchange } from "./exchange.ts";

/** A request turned away: an outcome, never thrown. */
export interface Deny {
  readonly status: number;
  readonly code: string;
  /** The code for counters and the log, where the caller is told less. */
  readonly loggedCode?: string;
  /** One line for the caller: what failed and what to do; never a signature, payload or body. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Verdict = Deny | undefined;

/** One reason to turn requests away; the list of them is the proxy. */
export interface Policy<Subject = Exchange> {
  /** The label of its counter. */
  readonly name: string;
  /** Answers at once where it can: a promise per policy and request is time nobody gets back. */
  readonly judge: (subject: Subject) => Verdict | Promise<Verdict>;
}

/** A request that is all there: its caller is proven, unless its route is open to anybody. */
export interface Whole {
  readonly exchange: Exchange;
  /** Null where the body is passed on as it comes. */
  readonly held: HeldBody | null;
}

/** A denial, and whose it is. */
export interface Denial {
  readonly policy: string;
  readonly deny: Deny;
}

/** Asks the policies in order; the first that denies has the word. Answers at once where they all do. */
export function firstDenial<Subject>(
  policies: readonly Policy<Subject>[],
  subject: Subject,
  from = 0,
): Denial | undefined | Promise<Denial | undefined> {
  for (let at = from; at < policies.length; at += 1) {
    const { name, judge } = policies[at] as Policy<Subject>;
    const verdict = judge(subject);
    if (verdict === undefined) continue;
    if (!(verdict instanceof Promise)) return { policy: name, deny: verdict };
    return verdict.then((deny) =>
      deny === undefined ? firstDenial(policies, subject, at + 1) : { policy: name, deny },
    );
  }
  return undefined;
}
