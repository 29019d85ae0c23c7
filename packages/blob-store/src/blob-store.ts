/** What a blob is made of: the path of a file, or bytes as they come. */
export type BlobSource = string | AsyncIterable<Uint8Array>;

/** Bytes `from` up to, not including, `to`; the end of the blob unless given. */
export interface BlobRange {
  readonly from: number;
  readonly to?: number;
}

/** Until when a caller waits. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a blob without reading it. */
export interface BlobStat {
  readonly size: number;
}

/** One name of a listing. */
export interface ListedBlob extends BlobStat {
  readonly name: string;
}

/**
 * Named bytes: a directory, or any object storage. No name may be a directory of another (`a` and `a/b`).
 * What fails is a `CodedError` of `BLOB_ERRORS`.
 */
export interface BlobStore {
  /** Stores all of it or nothing, on disk when it returns; a name that exists is replaced. */
  put(name: string, source: BlobSource, waiting?: Waiting): Promise<void>;
  /** Its bytes; of a range beyond the end, those that there are. @throws BLOB_MISSING, with the first bytes */
  get(name: string, options?: Waiting & { readonly range?: BlobRange }): AsyncIterable<Uint8Array>;
  /** Fetches it whole to a file, which appears when it is whole and checked; false when there is none. */
  getTo(name: string, path: string, waiting?: Waiting): Promise<boolean>;
  /** Null when there is none. */
  stat(name: string, waiting?: Waiting): Promise<BlobStat | null>;
  /** Names that begin with `prefix`, in the order of their characters, those after `after` only. */
  list(prefix: string, options?: Waiting & { readonly after?: string }): AsyncIterable<ListedBlob>;
  /** Removes it; nothing when there is none. */
  remove(name: string, waiting?: Waiting): Promise<void>;
}
