import { S3Server } from "@neurond/testing/s3";
import { afterAll, describe, expect, test } from "vitest";
import { type BlobStore, directoryBlobs, type S3Options, s3Blobs } from "../src/index.ts";
import { blobStoreContract, scratch } from "./contract.ts";
import { startGateway } from "./own-gateway.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

/** One store for a whole suite. */
function once(start: () => Promise<S3Options>): () => Promise<BlobStore> {
  let opened: Promise<BlobStore> | undefined;
  return async () => {
    opened ??= start().then((options) => resources.use(s3Blobs(options)));
    return await opened;
  };
}

describe("a directory", () => {
  blobStoreContract(() => directoryBlobs(scratch()));
});

describe("an S3 server of others", () => {
  blobStoreContract(once(async () => resources.use(await S3Server.start()).options));
});

describe("our own S3 gateway, which verifies signatures", () => {
  const options = startGateway(resources);
  blobStoreContract(once(() => options));

  test("and refuses those of a wrong secret or in the wrong name", async () => {
    const wrong: readonly Partial<S3Options>[] = [
      { credentials: () => ({ accessKeyId: "alice", secretAccessKey: "guessed" }) },
      { credentials: () => ({ accessKeyId: "bob", secretAccessKey: "of alice" }) },
    ];
    for (const change of wrong) {
      const blobs = resources.use(s3Blobs({ ...(await options), ...change }));
      const refused = { code: "BLOB_STORE_REFUSED", context: { status: expect.any(Number) } };
      await expect(blobs.put("x", "/dev/null")).rejects.toMatchObject(refused);
      await expect(blobs.stat("x")).rejects.toMatchObject(refused);
    }
  });
});
