import { expect, it } from "vitest";
import type { Origin } from "../../src/frame/dispatch.ts";
import type { CallDef } from "../../src/frame/pallet.ts";
import type { TestChain } from "../context.ts";

/** A call about to be made; repairs change the chain or the call. */
export interface Attempt<Args> {
  readonly chain: TestChain;
  origin: Origin;
  args: Args;
}

/** A reason to be refused, the error it gives, and what takes the reason away. */
export type Refusal<Args> = readonly [because: string, error: string, repair: Repair<Args>];

type Repair<Args> = (attempt: Attempt<Args>) => void;

/** The call with other arguments. */
export function withArgs<Args>(args: Partial<NoInfer<Args>>): Repair<Args> {
  return (attempt) => Object.assign(attempt.args as object, args);
}

/** The call by somebody else. */
export function from(origin: Origin): Repair<unknown> {
  return (attempt) => {
    attempt.origin = origin;
  };
}

/** The call at another height. */
export function atBlock(block: number): Repair<unknown> {
  return ({ chain }) => {
    chain.block = block;
  };
}

/**
 * Proves the order of a call's checks: the first attempt breaks every rule, and each row mends the
 * rules before it, so that its own is the first one left broken. At the end the call goes through.
 */
export function testRefusals<Args>(
  call: CallDef,
  start: () => Attempt<Args>,
  refusals: readonly Refusal<Args>[],
): void {
  const attemptAfter = (repaired: number): string => {
    const attempt = start();
    for (const [, , repair] of refusals.slice(0, repaired)) repair(attempt);
    return attempt.chain.call(call, attempt.origin, attempt.args);
  };
  const rows = refusals.map(([because, error], repaired) => ({ because, error, repaired }));
  it.each(rows)(`${call.name} is refused because $because: $error`, ({ error, repaired }) =>
    expect(attemptAfter(repaired)).toBe(error),
  );
  it(`${call.name} goes through when nothing is wrong`, () =>
    expect(attemptAfter(refusals.length)).toBe("ok"));
}

/** The call of that name, from any list of calls. */
export function callNamed(calls: readonly CallDef[], name: string): CallDef {
  const call = calls.find((candidate) => candidate.name === name);
  if (!call) throw new Error(`no call ${name}`);
  return call;
}
