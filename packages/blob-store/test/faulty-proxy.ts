import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request: it passes, or something answers in the server's stead. */
export type Fault =
  | { readonly kind: "pass" }
  | { readonly kind: "answer"; readonly status: number; readonly body?: string }
  | { readonly kind: "reset" }
  /** The server hears it, the client gets no answer. */
  | { readonly kind: "deaf" }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: "cut"; readonly bytes: number }
  /** One bit of the body is another. */
  | { readonly kind: "flip" }
  | { readonly kind: "hang" };

/** A request as faults are chosen by. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
}

/** Stands before an S3 server and lets `faultOf` decide what becomes of each request. */
export class FaultyProxy implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly #server = createServer((incoming, answer) => this.#serve(incoming, answer));
  readonly #target: URL;
  faultOf: (seen: Seen) => Fault = () => ({ kind: "pass" });

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = "", url = "", headers } = incoming;
    const seen = { method, path: url, authorization: headers.authorization ?? "" };
    this.seen.push(seen);
    const fault = this.faultOf(seen);
    if (fault.kind === "reset") incoming.socket.resetAndDestroy();
    else if (fault.kind === "answer") {
      incoming.resume().on("end", () => answer.writeHead(fault.status).end(fault.body ?? ""));
    } else if (fault.kind !== "hang") {
      const { hostname, port } = this.#target;
      const onward = request({ hostname, port, method, path: url, headers }, (given) => {
        if (fault.kind === "deaf") {
          given.resume().on("end", () => incoming.socket.resetAndDestroy());
          return;
        }
        answer.writeHead(given.statusCode ?? 0, given.headers);
        let left = fault.kind === "cut" ? fault.bytes : Number.POSITIVE_INFINITY;
        given.on("data", (chunk: Buffer) => {
          if (fault.kind === "flip") chunk[0] = (chunk[0] ?? 0) ^ 1;
          answer.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left < 0) incoming.socket.end();
        });
        given.on("end", () => answer.end());
      });
      onward.on("error", () => incoming.socket.destroy());
      incoming.pipe(onward);
    }
  }
}
