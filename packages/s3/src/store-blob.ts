import type { Digests, Payload } from "./body/payload.ts";
import { bareEtag } from "./conditions.ts";
import { s3Error } from "./errors.ts";
import type { PutCondition, PutResult } from "./object-index.ts";
import type { S3Call } from "./operation.ts";

/** Brings a body into the vault; empty bodies need no blob. Rejects, keeping nothing, when it is not as signed. */
export async function storeBlob(
  { services, bucket, key, signal }: S3Call,
  payload: Payload,
): Promise<Digests & { readonly blob: string | null }> {
  const { size } = payload;
  if (size === 0) {
    for await (const _ of payload.read());
    return { ...payload.digests(), blob: null };
  }
  const options = { size, name: `${bucket}/${key}`, signal };
  const { id } = await services.vault.put(payload.read(), options);
  return { ...payload.digests(), blob: id };
}

/** What must hold of the object that a write replaces. @throws CodedError NotImplemented */
export function putCondition({ head }: S3Call): PutCondition | undefined {
  const [ifMatch, ifNoneMatch] = [head.header("if-match"), head.header("if-none-match")];
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*") {
    throw s3Error("NotImplemented", "If-None-Match of a write can only be *");
  }
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return {
    ...(ifMatch !== undefined && { ifMatch: bareEtag(ifMatch.trim()) }),
    ...(ifNoneMatch !== undefined && { ifAbsent: true }),
  };
}

/** A write that the index did not make, as an error of S3; what was stored for it is discarded. */
export async function settlePut(
  { services, bucket, key }: S3Call,
  result: PutResult,
  blobs: readonly string[],
): Promise<void> {
  if (result === "stored") return;
  if (blobs.length > 0) await services.index.discard(blobs);
  if (result === "no-bucket") throw s3Error("NoSuchBucket", undefined, { BucketName: bucket });
  if (result === "no-object") throw s3Error("NoSuchKey", undefined, { Key: key });
  if (result === "no-blob")
    throw s3Error("SlowDown", "the source was replaced meanwhile; try again");
  throw s3Error("PreconditionFailed");
}
