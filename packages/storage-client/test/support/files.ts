import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, isCoded } from "@neurond/primitives";
import { type Manifest, ownerKey, signManifest } from "@neurond/workload-storage/file";
import type { PutOptions } from "../../src/index.ts";

/** The owner of all files here. */
export const OWNER = keypairFromUri("//Dave");
/** The key of the owner of all files here. */
export const KEY = ownerKey(new Uint8Array(64).fill(7));

/** Signs a manifest anew as its owner. */
export function signedAnew({ sig: _, ...unsigned }: Manifest): Manifest {
  return signManifest(unsigned, (digest) => OWNER.sign(digest));
}

/** Who puts a file. */
export const owned = {
  name: "report.pdf",
  owner: hotkeyOf(OWNER.publicKey),
  ownerKey: KEY,
  sign: (digest: Uint8Array) => OWNER.sign(digest),
} satisfies Partial<PutOptions>;

/** Bytes that look random and are the same for the same seed. */
export function bytesOf(size: number, seed = "file"): Buffer {
  const key = createHash("sha256").update(seed).digest();
  const block = Buffer.concat(
    Array.from({ length: 64 }, (_, at) =>
      createHash("sha256").update(key).update(`${at}`).digest(),
    ),
  );
  const bytes = Buffer.alloc(size, block);
  for (let at = 0; at + 8 <= size; at += 4096) bytes.writeBigUInt64LE(BigInt(at), at);
  return bytes;
}

/** A directory with a file in it, removed in the end. */
export async function fileOf(bytes: Uint8Array) {
  const directory = await mkdtemp(join(tmpdir(), "neurond-client-"));
  const path = join(directory, "file");
  await writeFile(path, bytes);
  return {
    directory,
    path,
    at: (name: string) => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The code with which something fails. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return isCoded(error) ? error.code : error;
  }
  return undefined;
}

export async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  // A piece may be memory that is used again once the next is asked for.
  for await (const chunk of source) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}
