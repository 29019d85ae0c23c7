import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { type Receipt, receiptDigest, type SignedReceipt, shardRoot } from "../../src/index.ts";
import { identNamed } from "../test-data.ts";

export const VALIDATOR: Keypair = keypairFromUri("//Alice");
export const MINER: Keypair = keypairFromUri("//Bob");
export const PARTIES = {
  netuid: toNetuid(1),
  validator: hotkeyOf(VALIDATOR.publicKey),
  miner: hotkeyOf(MINER.publicKey),
};

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "neurond-storage-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A receipt both sides signed for some bytes. */
export function receiptFor(
  name: string,
  bytes: Uint8Array,
  change: Partial<Receipt> = {},
): SignedReceipt {
  const receipt: Receipt = {
    ...PARTIES,
    shardId: identNamed(name),
    root: shardRoot(bytes),
    size: bytes.length,
    storedBlock: 100,
    expiresBlock: 1000,
    ...change,
  };
  const digest = receiptDigest(receipt);
  return {
    receipt,
    validatorSignature: VALIDATOR.sign(digest),
    minerSignature: MINER.sign(digest),
  };
}

/** Bytes as they arrive from a peer, in pieces. */
export async function* arriving(bytes: Uint8Array, piece = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) {
    yield Uint8Array.from(bytes.subarray(at, at + piece));
  }
}

export async function collected(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(source));
}

/** The code of what a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
  return "nothing was thrown";
}
