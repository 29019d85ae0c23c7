import { checksumHeader } from "../body/checksum.ts";
import { readObjectHeaders } from "../object-headers.ts";
import type { Checksum } from "../object-index.ts";
import { type Operation, ownBucket } from "../operation.ts";
import { putCondition, settlePut, storeBlob } from "../store-blob.ts";

/** `PUT /bucket/key` */
export const putObject: Operation = async (call) => {
  const { services, bucket, key } = call;
  const condition = putCondition(call);
  const headers = readObjectHeaders(call);
  const payload = call.payload({ maxBytes: services.limits.maxObjectBytes });
  const { owner } = await ownBucket(call);
  const { md5, checksum, blob } = await storeBlob(call, payload);
  const { size } = payload;
  const parts = blob === null ? [] : [{ blob, size }];
  const modifiedMs = services.now();
  const object = { owner, size, etag: md5, modifiedMs, headers, checksum, parts };
  const result = await services.index.putObject(bucket, key, object, condition);
  await settlePut(
    call,
    result,
    parts.map((part) => part.blob),
  );
  return { status: 200, headers: { etag: `"${md5}"`, ...checksumHeaders(checksum) } };
};

/** The headers that give a checksum back to who sent it. */
export function checksumHeaders(checksum: Checksum | null): Record<string, string> {
  if (checksum === null) return {};
  const { algorithm, value, type } = checksum;
  return { [checksumHeader(algorithm)]: value, "x-amz-checksum-type": type };
}
