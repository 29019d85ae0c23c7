import type { Exchange } from "./exchange.ts";

/** A request turned away: an outcome, never thrown. */
export interface Deny {
  readonly status: number;
  readonly code: string;
  /** One line for the caller: what failed and what to do; never a signature, payload or body. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Verdict = Deny | undefined;

/** One reason to turn requests away; the list of them is the proxy. */
export interface Policy {
  /** The label of its counter. */
  readonly name: string;
  /** Answers at once where it can: a promise per policy and request is time nobody gets back. */
  readonly judge: (exchange: Exchange) => Verdict | Promise<Verdict>;
}

/** A denial, and whose it is. */
export interface Denial {
  readonly policy: string;
  readonly deny: Deny;
}

/** Asks the policies in order; the first that denies has the word. */
export async function firstDenial(
  policies: readonly Policy[],
  exchange: Exchange,
): Promise<Denial | undefined> {
  for (const { name, judge } of policies) {
    const answer = judge(exchange);
    const deny = answer instanceof Promise ? await answer : answer;
    if (deny !== undefined) return { policy: name, deny };
  }
  return undefined;
}
