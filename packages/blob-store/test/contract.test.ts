import { S3Server } from "@neurond/testing/s3";
import { afterAll, describe } from "vitest";
import { directoryBlobs, s3Blobs } from "../src/index.ts";
import { blobStoreContract, scratch } from "./contract.ts";

describe("a directory", () => {
  blobStoreContract(() => directoryBlobs(scratch()));
});

describe("an S3 server of others", () => {
  const resources = new AsyncDisposableStack();
  afterAll(() => resources.disposeAsync());
  let opened: Promise<ReturnType<typeof s3Blobs>> | undefined;
  blobStoreContract(async () => {
    opened ??= S3Server.start().then((server) => {
      resources.use(server);
      return resources.use(s3Blobs(server.options));
    });
    return await opened;
  });
});
