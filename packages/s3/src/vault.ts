/** Bytes of a blob: so many from an offset, both within its size. */
export interface BlobRange {
  readonly offset: number;
  readonly length: number;
}

/** What a vault is told of a blob before it reads one. */
export interface PutOptions {
  /** Bytes that will come, where the sender said so; the vault may rely on no more coming. */
  readonly size?: number;
  /** What people know it by: for logs and manifests only, never a place and not unique. */
  readonly name: string;
  /** When it will be wanted no more, in Unix milliseconds; never unless given. Until then it stays. */
  readonly untilMs?: number;
  readonly signal: AbortSignal;
}

/** A blob that is kept: once this is returned no crash of ours loses it. */
export interface StoredBlob {
  /** At most 512 printable ASCII characters, never given to another blob again. */
  readonly id: string;
  readonly size: number;
}

/** Port: where bytes are kept. Blobs never change; the index says what they mean. */
export interface Vault {
  /** Keeps a body whole, or nothing of it when the body throws, the signal fires or we crash. */
  put(body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob>;
  /** The bytes of a blob, all or a range; rejects at the latest where the first byte would be wrong. */
  get(id: string, range: BlobRange | null, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Forgets a blob and frees its place; one that is not there is no error. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
