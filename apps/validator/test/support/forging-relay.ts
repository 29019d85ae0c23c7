import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What a liar makes of an honest answer; null lets it pass as it is. */
export type Forge = (
  request: { readonly method: string; readonly path: string },
  honest: () => Promise<Buffer>,
) => Promise<Forged | null>;

/** An answer instead of the honest one. */
export interface Forged {
  readonly status?: number;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

const MANY_BYTES = 64 * 1_048_576;

/** Stands in front of a node as if it were that node, and lies as it is told. */
export class ForgingRelay implements AsyncDisposable {
  /** Nothing unless set. */
  forge: Forge | null = null;
  readonly #server;

  private constructor(target: URL) {
    this.#server = createServer(async (request, response) => {
      try {
        await this.#answer(target, request, response);
      } catch {
        response.destroy();
      }
    });
  }

  static async to(url: string): Promise<ForgingRelay> {
    const relay = new ForgingRelay(new URL(url));
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async #answer(target: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    const sent = await buffer(request);
    let passed: Response | undefined;
    const honest = async () => {
      passed ??= await fetch(new URL(path, target), {
        method,
        headers: headersOf(request),
        ...(sent.length > 0 && { body: sent }),
      });
      return Buffer.from(await passed.arrayBuffer());
    };
    const forged = (await this.forge?.({ method, path }, honest)) ?? null;
    const body = forged?.body ?? (await honest());
    response.statusCode = forged?.status ?? passed?.status ?? 200;
    response.setHeader("content-type", passed?.headers.get("content-type") ?? "application/json");
    if (body instanceof Uint8Array) return void response.end(body);
    let written = 0;
    for await (const piece of body) {
      written += piece.length;
      // Whoever reads on and on is at fault, and the test is to end.
      if (response.destroyed || written > MANY_BYTES) return void response.destroy();
      if (!response.write(piece)) await new Promise((done) => response.once("drain", done));
    }
    response.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const hop = new Set(["connection", "content-length", "host", "transfer-encoding", "expect"]);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      hop.has(name) || typeof value !== "string" ? [] : [[name, value]],
    ),
  );
}
