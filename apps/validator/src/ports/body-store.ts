/** Long byte strings of the record, by the SHA-256 of their bytes (64 hexadecimal digits). */
export interface BodyStore {
  put(bodies: ReadonlyMap<string, Uint8Array>, expiresMs: number): Promise<void>;
  /** Those that are still there. */
  get(hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Forgets up to `limit` whose time is over; returns how many. */
  forgetExpired(nowMs: number, limit?: number): Promise<number>;
}
