/**
 * Port: which nonces were spent. One store serves every route and process of a neuron, so that a
 * request is spent on all of them at once.
 */
export interface ReplayStore {
  /** For how long a remembered key is known at least. */
  readonly retentionMs: number;
  /**
   * Remembers the keys if none of them is known, atomically, also against other processes.
   * Returns false, and remembers nothing, when any of them is. Rejects when it cannot tell.
   */
  rememberIfNew(keys: readonly [string, ...string[]]): Promise<boolean>;
}
