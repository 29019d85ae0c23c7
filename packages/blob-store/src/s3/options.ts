import type { CredentialsSource } from "./credentials.ts";

/** A bucket and how it is asked. */
export interface S3Options {
  /** Such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: CredentialsSource;
  /** Bucket in the path (true, the default) or before the host, which some providers insist on. */
  readonly pathStyle?: boolean;
  /** Larger blobs go in parts of this size, one of which is in memory; S3 takes 5 MiB at least. */
  readonly partBytes?: number;
  /** Attempts in all at each request. */
  readonly attempts?: number;
  /** Pause before the second attempt; it doubles after each. */
  readonly firstDelayMs?: number;
  /** Longest time for one request; of a download, for its beginning and for each pause within. */
  readonly requestMs?: number;
}

/** Ten thousand parts of 16 MiB are 156 GiB. */
export const PART_BYTES = 16 << 20;
/** What S3 takes in one upload. */
export const MOST_PARTS = 10_000;
export const ATTEMPTS = 5;
export const FIRST_DELAY_MS = 200;
export const MAX_DELAY_MS = 10_000;
export const REQUEST_MS = 60_000;
