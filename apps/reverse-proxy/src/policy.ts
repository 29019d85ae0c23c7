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

/** Asks the policies in order; the first that denies has the word. */
export async function firstDenial<Subject>(
  policies: readonly Policy<Subject>[],
  subject: Subject,
): Promise<Denial | undefined> {
  for (const { name, judge } of policies) {
    const answer = judge(subject);
    const deny = answer instanceof Promise ? await answer : answer;
    if (deny !== undefined) return { policy: name, deny };
  }
  return undefined;
}
