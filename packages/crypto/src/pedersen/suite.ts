/** The curves commitments are made on: 1 is P-256, 2 is ristretto255. */
export type SuiteId = 1 | 2;

/** An element of a suite's group of prime order. Elements of two suites do not mix. */
export interface GroupPoint {
  readonly isIdentity: boolean;
  plus(other: GroupPoint): GroupPoint;
  /** The product with a scalar of [0, order), in variable time: for public scalars only. */
  times(scalar: bigint): GroupPoint;
  /** The product with a scalar that stays secret, by the library's constant-time ladder. */
  timesSecret(scalar: bigint): GroupPoint;
  /** The one encoding of the point. The identity's is all zeros, and no decoder takes it. */
  encode(): Uint8Array;
}

/**
 * A group with generators between which nobody knows a relation: all are hashed from names (RFC
 * 9380), so a commitment opens in one way only.
 */
export interface PedersenSuite {
  readonly id: SuiteId;
  /** Order of the group: scalars are below it. */
  readonly order: bigint;
  /** Bytes of an encoded point. */
  readonly pointBytes: number;
  readonly identity: GroupPoint;
  /** H, which blinds. */
  readonly blinder: GroupPoint;
  /** G_0 … G_{count-1}, which carry values. Hashed once, then kept. */
  generators(count: number): readonly GroupPoint[];
  /** Null for a wrong length, a second encoding, what lies off the curve, and the identity. */
  decode(bytes: Uint8Array): GroupPoint | null;
  /** Sum of products, in variable time; scalars in [0, order). */
  sum(points: readonly GroupPoint[], scalars: readonly bigint[]): GroupPoint;
  /**
   * Sum of scalars[i] * G_i, in variable time. Keeps tables per number of scalars, so committing
   * to many vectors of one length costs about half of `sum`.
   */
  sumOfGenerators(scalars: readonly bigint[]): GroupPoint;
}
