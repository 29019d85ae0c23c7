import { s3Error } from "./errors.ts";

const BUCKET = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|\.mrap)$/;

/** Bytes of the longest key. */
export const MAX_KEY_BYTES = 1024;

/** Whether a text can name a bucket, by the rules of S3 for new buckets. */
export function isBucketName(name: string): boolean {
  return (
    BUCKET.test(name) && !ADDRESS.test(name) && !RESERVED.test(name) && !/\.\.|\.-|-\./.test(name)
  );
}

/** Refuses a key that is too long. Keys are opaque: `../` in one means nothing but itself. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw s3Error("KeyTooLongError");
}
