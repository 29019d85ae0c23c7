import type { AddressInfo } from "node:net";
import { type Hex, toHex } from "@neurond/primitives";
import { type WebSocket, WebSocketServer } from "ws";
import { smallMetadata } from "./small-metadata.ts";

type Answer = (params: readonly unknown[]) => unknown;

const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

/** A node that knows a clock, and misbehaves on order. */
export class FakeNode implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #subscribers = new Set<WebSocket>();
  readonly requests: string[] = [];
  /** Answers to methods, over the ordinary ones. */
  readonly answers = new Map<string, Answer>();
  height = 10;
  specVersion = 1;
  metadata = smallMetadata();
  /** Accept and read, never answer. */
  hung = false;
  /** Answer, but announce no block. */
  muted = false;
  /** Sent instead of every answer. */
  garbage: string | Uint8Array | undefined;
  genesis = word(0xfeed);
  /** Goes into the headers, so that two chains differ in hashes. */
  fork = 0;
  connections = 0;

  static async start(port = 0): Promise<FakeNode> {
    const server = new WebSocketServer({ port, host: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    return new FakeNode(server);
  }

  constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.connections += 1;
      socket.on("error", () => undefined);
      socket.on("close", () => this.#subscribers.delete(socket));
      socket.on("message", (data) => this.#receive(socket, data.toString()));
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openSockets(): number {
    return this.#server.clients.size;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** Makes a block, or as many as it takes to get to a height; heights may go down. */
  advance(height = this.height + 1): void {
    this.height = height;
    if (this.muted || this.hung) return;
    for (const socket of this.#subscribers) this.#notify(socket);
  }

  drop(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #header(height = this.height): Record<string, unknown> {
    return {
      parentHash: word(height - 1),
      number: `0x${height.toString(16)}`,
      stateRoot: word(this.fork),
      extrinsicsRoot: word(height),
      digest: { logs: [] },
    };
  }

  #notify(socket: WebSocket): void {
    const params = { subscription: "heads", result: this.#header() };
    socket.send(JSON.stringify({ jsonrpc: "2.0", method: "chain_newHead", params }));
  }

  #receive(socket: WebSocket, text: string): void {
    const { id, method, params } = JSON.parse(text);
    this.requests.push(method);
    if (this.hung) return;
    if (this.garbage !== undefined) {
      socket.send(this.garbage);
      return;
    }
    const result = (this.answers.get(method) ?? this.#ordinary(method))(params);
    const failed = typeof result === "object" && result !== null && "error" in result;
    const body = failed ? result : { result };
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
    if (method === "chain_subscribeNewHeads") {
      this.#subscribers.add(socket);
      if (!this.muted) this.#notify(socket);
    }
  }

  #ordinary(method: string): Answer {
    switch (method) {
      case "chain_getBlockHash":
        return ([height]) => (height === 0 ? this.genesis : word(Number(height)));
      case "chain_getHeader":
      case "chain_getFinalizedHead":
        return () => this.#header();
      case "state_getRuntimeVersion":
        return () => ({ specVersion: this.specVersion, transactionVersion: 1 });
      case "state_getMetadata":
        return () => toHex(this.metadata);
      case "state_getStorage":
        return () => null;
      case "chain_subscribeNewHeads":
        return () => "heads";
      default:
        return () => ({ error: { code: -32601, message: "Method not found" } });
    }
  }
}
