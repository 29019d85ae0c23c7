import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { deriveKey, u32 } from "@neurond/crypto";
import { writeOnce } from "@neurond/files";
import { CodedError, type Hotkey, type Netuid } from "@neurond/primitives";
import { PERIOD_BLOCKS } from "@neurond/workload-storage";
import { sweepKeyFile } from "@neurond/workload-storage/io";
import {
  type FutureRound,
  lockSecret,
  minerKey,
  periodCommitment,
  periodSecret,
  revealOpens,
  TIMELOCK_RANDOM_BYTES,
} from "@neurond/workload-storage/sweep";
import type { ValidatorCode } from "../../errors.ts";

const KEY_BYTES = 32;

/** A period by number and length. */
export interface KeyPeriod {
  readonly period: number;
  readonly blocks: number;
}

/** What has to be so before a period's secret may be said. */
export interface RevealFacts {
  /** The head. */
  readonly now: number;
  /** Every answer of the period stands in a log that is anchored on chain, finally. */
  readonly areAnswersAnchored: boolean;
}

/**
 * The secrets of sweeps and tokens, all from 32 bytes in one file that only this user reads. They leave
 * this object in these ways: keys of miners to whoever tags or verifies, and that of tokens to whoever makes
 * or opens them, wiped when that is done, and a period's secret when it is over, or locked until it is due.
 */
export class SweepKeys {
  readonly #master: Uint8Array;
  readonly #identity: { readonly netuid: Netuid; readonly validator: Hotkey };

  private constructor(master: Uint8Array, netuid: Netuid, validator: Hotkey) {
    this.#master = master;
    this.#identity = { netuid, validator };
  }

  /**
   * Reads the file, or makes it.
   * @throws CodedError SWEEP_KEY_UNREADABLE: another secret would be another validator's, so none is
   * made in its place
   */
  static async open(directory: string, netuid: Netuid, validator: Hotkey): Promise<SweepKeys> {
    const path = sweepKeyFile(directory, validator);
    const kept = await readKey(path);
    if (kept !== null) return new SweepKeys(kept, netuid, validator);
    const fresh = randomBytes(KEY_BYTES);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeOnce(path, fresh);
    } catch (cause) {
      throw unreadable(path, cause);
    } finally {
      fresh.fill(0);
    }
    // Another process of ours may have been first; what stands in the file counts.
    const made = await readKey(path);
    if (made === null) throw unreadable(path, undefined);
    return new SweepKeys(made, netuid, validator);
  }

  /** What a period's secret will hash to. */
  commitment(at: KeyPeriod): Uint8Array {
    return this.#withSecret(at, (secret) => periodCommitment({ ...this.#identity, ...at }, secret));
  }

  /** Lends a miner's keys of some periods, and wipes them afterwards. */
  async withMinerKeys<Result>(
    miner: Hotkey,
    periods: readonly KeyPeriod[],
    use: (keys: readonly Uint8Array[]) => Promise<Result>,
  ): Promise<Result> {
    const keys = periods.map((at) => this.#withSecret(at, (secret) => minerKey(secret, miner)));
    try {
      return await use(keys);
    } finally {
      for (const key of keys) key.fill(0);
    }
  }

  /** Lends the secret that all tokens follow from, and wipes it afterwards. */
  async withTokenMaster<Result>(use: (master: Uint8Array) => Promise<Result>): Promise<Result> {
    const master = deriveKey(this.#master, "token/master");
    try {
      return await use(master);
    } finally {
      master.fill(0);
    }
  }

  /** The secret of a period that is over; null while somebody could still answer with it. */
  reveal(at: KeyPeriod, { now, areAnswersAnchored }: RevealFacts): Uint8Array | null {
    if (!areAnswersAnchored || now < revealOpens(at.period, at.blocks)) return null;
    return this.#withSecret(at, (secret) => Uint8Array.from(secret));
  }

  /** The secret of a period, which nobody can read before a round of the beacon. */
  locked(at: KeyPeriod, until: FutureRound): Uint8Array {
    const random = randomBytes(TIMELOCK_RANDOM_BYTES);
    return this.#withSecret(at, (secret) => lockSecret(secret, until, random));
  }

  #withSecret<Result>({ period, blocks }: KeyPeriod, use: (secret: Uint8Array) => Result): Result {
    // Secrets of periods of one length are revealed while those of another are still to come.
    const master =
      blocks === PERIOD_BLOCKS
        ? Uint8Array.from(this.#master)
        : deriveKey(this.#master, "sweep/period-blocks", u32(blocks));
    const secret = periodSecret(master, { netuid: this.#identity.netuid, period });
    try {
      return use(secret);
    } finally {
      master.fill(0);
      secret.fill(0);
    }
  }
}

async function readKey(path: string): Promise<Uint8Array | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw unreadable(path, error);
  }
  if (bytes.length !== KEY_BYTES) throw unreadable(path, undefined);
  return Uint8Array.from(bytes);
}

const unreadable = (path: string, cause: unknown) =>
  new CodedError<ValidatorCode>(
    "SWEEP_KEY_UNREADABLE",
    `${path} is no key of ${KEY_BYTES} bytes that can be read or made; restore it from a backup`,
    { path },
    { cause },
  );
