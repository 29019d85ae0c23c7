import { WebSocket } from "ws";

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The least a JSON-RPC client can be: it costs nothing that could hide in a figure. */
export class RpcClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (text) => this.#settle(JSON.parse(String(text)) as Answer));
  }

  static async open(url: string): Promise<RpcClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new RpcClient(socket);
  }

  request<T>(method: string, params: readonly unknown[]): Promise<T> {
    const waiting = Promise.withResolvers<unknown>();
    this.#id += 1;
    this.#waiting.set(this.#id, waiting);
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id: this.#id, method, params }));
    return waiting.promise as Promise<T>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
  }

  #settle({ id, result, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }
}
