import type { CodedError } from "@neurond/primitives";
import { WebSocket } from "ws";
import { abortable } from "../deadline.ts";
import { type ChainCode, chainError } from "../errors.ts";
import { parseFrame } from "./frame.ts";
import { refusedBy } from "./rpc-error.ts";

/** A metagraph of 10,000 neurons is 3 MB of hex; nothing asked for here is near this. */
const MAX_FRAME_BYTES = 128 * 1024 * 1024;

interface Pending {
  readonly method: string;
  readonly onResult: (result: unknown) => void;
  readonly onError: (error: Error) => void;
}

type OnNotification = (result: unknown) => void;

/**
 * JSON-RPC over one websocket. A request settles with its answer, with its signal, or with the end
 * of the socket; nothing is repeated here. After the end nothing of it is left.
 */
export class RpcSocket implements Disposable {
  readonly endpoint: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #subscriptions = new Map<string, OnNotification>();
  readonly #ended = Promise.withResolvers<CodedError<ChainCode>>();
  #end: CodedError<ChainCode> | undefined;
  #nextId = 1;

  /** Opens a socket; rejects with ENDPOINT_UNREACHABLE, or the signal's reason. */
  static async open(endpoint: string, signal: AbortSignal): Promise<RpcSocket> {
    const socket = new WebSocket(endpoint, {
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      followRedirects: false,
    });
    const opened = Promise.withResolvers<void>();
    socket.once("open", opened.resolve);
    socket.once("error", (cause) =>
      opened.reject(
        chainError(
          "ENDPOINT_UNREACHABLE",
          `cannot open a websocket to ${endpoint}: ${cause.message}`,
          { endpoint },
          cause,
        ),
      ),
    );
    try {
      await abortable(opened.promise, signal);
    } catch (error) {
      socket.on("error", () => undefined);
      socket.terminate();
      throw error;
    }
    return new RpcSocket(endpoint, socket);
  }

  private constructor(endpoint: string, socket: WebSocket) {
    this.endpoint = endpoint;
    this.#socket = socket;
    socket.removeAllListeners();
    socket.on("message", (data, isBinary) => this.#receive(data.toString(), isBinary));
    socket.on("error", (cause) =>
      this.fail(
        chainError("CONNECTION_LOST", `${endpoint}: ${cause.message}`, { endpoint }, cause),
      ),
    );
    socket.on("close", (code) =>
      this.fail(chainError("CONNECTION_LOST", `${endpoint} closed (${code})`, { endpoint, code })),
    );
  }

  /** Why the socket ended, once it has. */
  get ended(): Promise<CodedError<ChainCode>> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  async request(method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#send(method, params, { method, onResult: resolve, onError: reject });
    try {
      return await abortable(promise, signal);
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Subscribes for the life of the socket; `onNotification` must not throw. */
  async subscribe(
    method: string,
    params: readonly unknown[],
    onNotification: OnNotification,
    signal: AbortSignal,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onResult = (result: unknown) => {
      // In the same turn as the answer: the first notification may follow in the same packet.
      this.#subscriptions.set(String(result), onNotification);
      resolve();
    };
    const id = this.#send(method, params, { method, onResult, onError: reject });
    try {
      await abortable(promise, signal);
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Ends the socket for a reason; everything pending rejects with it. */
  fail(reason: CodedError<ChainCode>): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#socket.removeAllListeners();
    // `ws` may still report an error of the closing handshake; nobody is left to hear it.
    this.#socket.on("error", () => undefined);
    this.#socket.terminate();
    for (const { onError } of this.#pending.values()) onError(reason);
    this.#pending.clear();
    this.#subscriptions.clear();
    this.#ended.resolve(reason);
  }

  [Symbol.dispose](): void {
    this.fail(chainError("CHAIN_CLOSED", `connection to ${this.endpoint} was closed`));
  }

  #send(method: string, params: readonly unknown[], pending: Pending): number {
    if (this.#end !== undefined) throw this.#end;
    const id = this.#nextId++;
    this.#pending.set(id, pending);
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return id;
  }

  #receive(text: string, isBinary: boolean): void {
    const frame = isBinary ? undefined : parseFrame(text);
    switch (frame?.kind) {
      case "answer":
        this.#pending.get(frame.id)?.onResult(frame.result);
        return;
      case "failure": {
        const pending = this.#pending.get(frame.id);
        pending?.onError(refusedBy(pending.method, frame.failure));
        return;
      }
      case "notification":
        this.#subscriptions.get(frame.subscription)?.(frame.result);
        return;
      case undefined:
        this.fail(
          chainError("RPC_MALFORMED", `${this.endpoint} sent what is not JSON-RPC`, {
            endpoint: this.endpoint,
            head: text.slice(0, 80),
          }),
        );
    }
  }
}
