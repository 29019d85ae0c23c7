import { once } from "node:events";
import { WebSocket } from "ws";

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

interface Notification {
  readonly method: string;
  readonly params: { readonly subscription: string; readonly result: unknown };
}

/** A bare JSON-RPC client: what it hears is what the server sent, in order. */
export class Client implements AsyncDisposable {
  readonly socket: WebSocket;
  /** Everything received, answers and notifications, in order. */
  readonly frames: unknown[] = [];
  readonly #waiting = new Map<number, (frame: never) => void>();
  readonly #listeners = new Set<() => void>();
  /** Far from the ids that tests send by hand. */
  #id = 10_000_000_000;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString());
      this.frames.push(frame);
      this.#waiting.get(frame.id)?.(frame as never);
      this.#waiting.delete(frame.id);
      for (const listener of [...this.#listeners]) listener();
    });
  }

  static async connect(url: string): Promise<Client> {
    const client = new Client(new WebSocket(url));
    await once(client.socket, "open");
    return client;
  }

  /** The result, or a rejection with the error object. */
  async call<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
    this.#id += 1;
    const id = this.#id;
    const answered = new Promise<{ result?: T; error?: RpcFailure }>((resolve) => {
      this.#waiting.set(id, resolve);
    });
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    const { result, error } = await answered;
    if (error) throw error;
    return result as T;
  }

  /** The error object of a call that must fail. */
  async failure(method: string, ...params: unknown[]): Promise<RpcFailure> {
    try {
      await this.call(method, ...params);
    } catch (error) {
      return error as RpcFailure;
    }
    throw new Error(`${method} did not fail`);
  }

  /** What a subscription said so far. */
  heard(subscription: string): unknown[] {
    return this.frames
      .filter((frame): frame is Notification => Object.hasOwn(frame as object, "params"))
      .filter(({ params }) => params.subscription === subscription)
      .map(({ params }) => params.result);
  }

  /** Waits until the subscription has said so many things. */
  async hears(subscription: string, count: number): Promise<unknown[]> {
    while (this.heard(subscription).length < count) {
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
    return this.heard(subscription);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.terminate();
    await once(this.socket, "close");
  }
}
