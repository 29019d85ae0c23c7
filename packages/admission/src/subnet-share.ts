/**
 * Port: one of several processes reads the chain, the others use what it published. Every method
 * rejects with a coded error when the memory they share does not answer.
 */
export interface SubnetShare {
  /**
   * Takes or renews the right to read for `leaseMs`. The token grows with each new holder; undefined
   * while another process holds the right.
   */
  lead(leaseMs: number): Promise<number | undefined>;
  /** Replaces what all read; false, and changes nothing, once a later holder has published. */
  publish(token: number, text: string): Promise<boolean>;
  /** What was published last. */
  latest(): Promise<string | undefined>;
  /** Gives the right back, so that another need not wait for its end. */
  resign(): Promise<void>;
}
