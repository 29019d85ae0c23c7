import type { GroupPoint, PedersenSuite } from "./suite.ts";

/**
 * The scalar Pedersen commitment value * G_0 + blind * H. It hides the value as long as the blind
 * is secret and uniform; both are multiplied in constant time.
 */
export function commitScalar(suite: PedersenSuite, value: bigint, blind: bigint): GroupPoint {
  const [base = suite.identity] = suite.generators(1);
  return base.timesSecret(value).plus(suite.blinder.timesSecret(blind));
}
