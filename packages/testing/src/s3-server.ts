import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Options } from "@neurond/blob-store";
import S3rver from "s3rver";

/** An S3 server of others, with one empty bucket. It knows one pair of keys. */
export class S3Server implements AsyncDisposable {
  readonly #server: S3rver;
  readonly #directory: string;
  readonly options: S3Options;

  private constructor(server: S3rver, directory: string, port: number) {
    this.#server = server;
    this.#directory = directory;
    this.options = {
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      bucket: "blobs",
      credentials: () => ({ accessKeyId: "S3RVER", secretAccessKey: "S3RVER" }),
      partBytes: 5 << 20,
      firstDelayMs: 1,
    };
  }

  static async start(): Promise<S3Server> {
    const directory = mkdtempSync(join(tmpdir(), "neurond-s3-"));
    const server = new S3rver({
      address: "127.0.0.1",
      port: 0,
      directory,
      silent: true,
      vhostBuckets: false,
      configureBuckets: [{ name: "blobs" }],
    });
    const { port } = await server.run();
    return new S3Server(server, directory, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
