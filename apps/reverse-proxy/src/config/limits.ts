import { z } from "zod";
import { flag, milliseconds, whole } from "./fields.ts";

const MIB = 1024 ** 2;
const MANY = 1_000_000_000;

/** `base + perDecade · log10(1 + stake)` requests a minute. */
const quota = (base: number, perDecade: number, whose: string) =>
  z
    .strictObject({
      base: whole(1, MANY, base, `Requests a minute of one ${whose} without stake`),
      perDecade: whole(0, MANY, perDecade, "And so many more for each tenfold of 1 + stake"),
    })
    .prefault({});

/** The `limits` section: how much, how often, how long. */
export const LimitsSection = z.strictObject({
  ipPerMinute: whole(
    0,
    MANY,
    100,
    "Requests a minute of an address that has proven no key; 0: no limit",
  ).meta({
    env: "RATE_LIMIT_PER_MINUTE",
  }),
  provenIpPerMinute: whole(
    0,
    MANY,
    6000,
    "And of one from which a caller has proven its key within the hour; 0: no limit",
  ),
  backoffAfter: whole(
    0,
    MANY,
    20,
    "Refused requests of an unproven address in a row, until it has to wait, ever longer; 0: never",
  ),
  backoffMaxSec: whole(1, 3600, 60, "The longest such wait"),
  puzzleBits: whole(
    0,
    32,
    0,
    "Instead of waiting, an address may find a SHA-256 with so many zero bits; 0: no puzzles",
  ),
  hotkey: quota(300, 300, "hotkey"),
  coldkey: quota(600, 600, "coldkey, over all its hotkeys"),
  globalPerMinute: whole(0, MANY, 0, "Requests a minute of everybody together; 0: no limit"),
  maxBodyBytes: whole(0, 10 * 1024 * MIB, 100 * MIB, "A longer body gets 413").meta({
    env: "MAX_REQUEST_SIZE",
  }),
  memoryBodyBytes: whole(
    0,
    64 * MIB,
    MIB,
    "A body longer than this is kept in a file until it is proven",
  ),
  inFlightBytes: whole(
    MIB,
    1024 * 1024 * MIB,
    512 * MIB,
    "Bodies being held, all together; more get 503",
  ),
  bodyTimeoutMs: milliseconds(
    30_000,
    "From the header block to the last byte of the body, and its proof",
  ),
  minUploadBytesPerSec: whole(0, MANY, 1024, "A body that comes slower is given up; 0: never"),
  requestTimeoutSec: whole(
    1,
    86_400,
    300,
    "A backend has so long, where a route does not say",
  ).meta({
    env: "REQUEST_TIMEOUT",
  }),
  validateRequests: flag(false, "Whether bodies that say they are JSON must be JSON").meta({
    env: "VALIDATE_REQUESTS",
  }),
});
