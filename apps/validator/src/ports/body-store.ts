/** Long byte strings of evidence, by the SHA-256 of their bytes (64 hexadecimal digits). */
export interface BodyStore {
  put(bodies: ReadonlyMap<string, Uint8Array>): Promise<void>;
  get(sha256: string): Promise<Uint8Array | undefined>;
}
