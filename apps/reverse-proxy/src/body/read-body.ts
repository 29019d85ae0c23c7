import { createHash, type Hash, hash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Arrival, Incoming } from "../exchange.ts";
import type { Deny } from "../policy.ts";
import type { Body } from "./body.ts";
import type { ByteBudget } from "./budget.ts";
import { notHeld, tooLarge, tooSlow } from "./errors.ts";
import { lengthOf } from "./length.ts";
import { Spool } from "./spool.ts";

export interface BodyLimits {
  /** Of this route; whether the body is sent with a length or in chunks. */
  readonly maxBytes: number;
  /** Longer bodies are held in a file. */
  readonly memoryBytes: number;
  /** From now to the last byte. */
  readonly deadlineMs: number;
  /** Slower bodies are given up; 0 waits until the deadline. */
  readonly minBytesPerSecond: number;
  /** Shared by all requests. */
  readonly budget: ByteBudget;
  /** Where files go; the system's directory for temporary files unless given. */
  readonly directory?: string;
}

/** A whole body, held until released: its bytes count against the budget, its file is open. */
export interface HeldBody {
  readonly kind: "held";
  readonly body: Exclude<Body, { kind: "stream" }>;
  readonly sizeBytes: number;
  /** Of the bytes as received, 32 bytes. */
  readonly sha256: Buffer;
  /** Call once the request is over, however it ended; again does nothing. */
  readonly release: () => void;
}

export type BodyRead =
  | HeldBody
  | { readonly kind: "denied"; readonly deny: Deny }
  /** The client went away: there is nobody to answer. */
  | { readonly kind: "left" };

/** How long a body may be slow before its rate is judged. */
const GRACE_MS = 5_000;
const LOOK_MS = 1_000;

const EMPTY: HeldBody = {
  kind: "held",
  body: { kind: "none" },
  sizeBytes: 0,
  sha256: hash("sha256", "", "buffer"),
  release: () => {},
};

/** Reads a body whole, hashing it as it comes; says 100 first to a client that waits for it. */
export async function readBody(arrival: Arrival, limits: BodyLimits): Promise<BodyRead> {
  const { request, response, expectsContinue } = arrival;
  const length = lengthOf(request);
  if (length === 0) return EMPTY;
  if (length !== null && length > limits.maxBytes) return denied(tooLarge(limits.maxBytes));
  if (length !== null && !limits.budget.fits(length)) return denied(notHeld());
  if (request.destroyed) return { kind: "left" };
  if (expectsContinue) response.writeContinue();
  return new Promise((resolve) => new Reading(request, limits, resolve));
}

/** One body being read. */
class Reading {
  readonly #request: Readable;
  readonly #limits: BodyLimits;
  readonly #resolve: (read: BodyRead) => void;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #settled = false;
  #ended = false;
  #writing = false;
  #sizeBytes = 0;
  /** In memory; empty once there is a file. */
  #chunks: Buffer[] = [];
  #hash: Hash | undefined;
  #spool: Spool | undefined;

  constructor(request: Incoming, limits: BodyLimits, resolve: (read: BodyRead) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#timer = setInterval(this.#look, Math.min(LOOK_MS, limits.deadlineMs));
    request.on("data", this.#take);
    request.on("end", this.#finish);
    request.on("close", this.#left);
    request.on("error", this.#left);
  }

  readonly #take = (chunk: Buffer): void => {
    const { maxBytes, memoryBytes, budget } = this.#limits;
    if (this.#sizeBytes + chunk.length > maxBytes) {
      this.#giveUp(denied(tooLarge(maxBytes)));
      return;
    }
    if (!budget.take(chunk.length)) {
      this.#giveUp(denied(notHeld()));
      return;
    }
    this.#sizeBytes += chunk.length;
    this.#chunks.push(chunk);
    if (this.#sizeBytes > memoryBytes && !this.#writing) {
      this.#request.pause();
      this.#spill().catch(() => this.#giveUp(denied(notHeld())));
    }
  };

  /** Moves what is in memory to the file. */
  async #spill(): Promise<void> {
    this.#writing = true;
    this.#hash ??= createHash("sha256");
    this.#spool ??= await Spool.open(this.#limits.directory);
    while (this.#chunks.length > 0) {
      const chunks = this.#chunks;
      this.#chunks = [];
      for (const chunk of chunks) this.#hash.update(chunk);
      await this.#spool.write(chunks);
    }
    this.#writing = false;
    if (this.#settled) await this.#spool.close();
    else if (this.#ended) this.#complete();
    else this.#request.resume();
  }

  /** A paused stream may still end: its last bytes are then on their way to the file. */
  readonly #finish = (): void => {
    this.#ended = true;
    if (!this.#writing) this.#complete();
  };

  #complete(): void {
    const sizeBytes = this.#sizeBytes;
    const spool = this.#spool;
    this.#settle();
    if (sizeBytes === 0) {
      this.#resolve(EMPTY);
      return;
    }
    const release = this.#release();
    if (spool && this.#hash) {
      const body = { kind: "file", sizeBytes, open: () => spool.read() } as const;
      this.#resolve({ kind: "held", body, sizeBytes, sha256: this.#hash.digest(), release });
      return;
    }
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, sizeBytes);
    let digest: Buffer | undefined;
    this.#resolve({
      kind: "held",
      body: { kind: "memory", bytes },
      sizeBytes,
      get sha256() {
        digest ??= hash("sha256", bytes, "buffer");
        return digest;
      },
      release,
    });
  }

  /** Also after the end, where it means nothing. */
  readonly #left = (): void => {
    if (!this.#ended) this.#giveUp({ kind: "left" });
  };

  readonly #look = (): void => {
    const elapsedMs = performance.now() - this.#startedAt;
    const { deadlineMs, minBytesPerSecond } = this.#limits;
    const least = elapsedMs > GRACE_MS ? (elapsedMs / 1000) * minBytesPerSecond : 0;
    if (elapsedMs >= deadlineMs || this.#sizeBytes < least) this.#giveUp(denied(tooSlow()));
  };

  #giveUp(read: BodyRead): void {
    if (this.#settled) return;
    this.#settle();
    this.#request.pause();
    this.#chunks = [];
    this.#release()();
    this.#resolve(read);
  }

  #settle(): void {
    this.#settled = true;
    clearInterval(this.#timer);
    const request = this.#request;
    request.off("data", this.#take).off("end", this.#finish);
    request.off("close", this.#left).off("error", this.#left);
  }

  #release(): () => void {
    let held = this.#sizeBytes;
    return () => {
      this.#limits.budget.give(held);
      held = 0;
      // Closing what is nameless can lose nothing.
      this.#spool?.close().catch(() => {});
    };
  }
}

const denied = (deny: Deny): BodyRead => ({ kind: "denied", deny });
