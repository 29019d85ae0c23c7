import { createHash } from "node:crypto";
import { s3Error } from "../errors.ts";
import type { S3Head } from "../head.ts";
import type { Checksum } from "../object-index.ts";
import { type Crc, crc32, crc32c, crc64nvme } from "./crc.ts";

type Algorithm = Checksum["algorithm"];

const hash = (name: string): Crc => {
  const running = createHash(name);
  return { update: (bytes) => void running.update(bytes), digest: () => running.digest() };
};

const RUNNING: Readonly<Record<Algorithm, () => Crc>> = {
  CRC32: crc32,
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: () => hash("sha1"),
  SHA256: () => hash("sha256"),
};

const BYTES: Readonly<Record<Algorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

const ALGORITHMS = Object.keys(RUNNING) as readonly Algorithm[];

/** A checksum to be computed while bytes pass. */
export const runningChecksum = (algorithm: Algorithm): Crc => RUNNING[algorithm]();

/** The header or trailer that carries a checksum. */
export const checksumHeader = (algorithm: Algorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** An algorithm by its name; undefined when there is none. */
export const algorithmOf = (name: string | undefined): Algorithm | undefined =>
  ALGORITHMS.find((one) => one === name?.toUpperCase());

/** A checksum that is to be checked: in the head, or announced for the trailer. */
export interface Expected {
  readonly algorithm: Algorithm;
  /** Base64; null until the trailer has come. */
  readonly value: string | null;
}

/** The one checksum that a request promises; null when none. @throws CodedError InvalidRequest, InvalidDigest */
export function expectedChecksum(head: S3Head, trailers: readonly string[]): Expected | null {
  const sent = ALGORITHMS.flatMap((algorithm): Expected[] => {
    const name = checksumHeader(algorithm);
    const value = head.header(name);
    if (value !== undefined) return [{ algorithm, value: checkDigits(algorithm, value) }];
    return trailers.includes(name) ? [{ algorithm, value: null }] : [];
  });
  if (sent.length > 1) throw s3Error("InvalidRequest", "more than one checksum was sent");
  return sent[0] ?? null;
}

/** @throws CodedError InvalidDigest unless a text is Base64 of as many bytes as the algorithm gives */
export function checkDigits(algorithm: Algorithm, value: string): string {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length === BYTES[algorithm] && bytes.toString("base64") === value) return value;
  throw s3Error("InvalidDigest", `${checksumHeader(algorithm)} is not such a checksum`);
}
