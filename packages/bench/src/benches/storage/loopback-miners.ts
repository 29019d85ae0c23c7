import { createServer, type Server } from "node:http";
import { type Hotkey, toHex } from "@neurond/primitives";
import type {
  Places,
  SealedShard,
  StorageNetwork,
  StoredShard,
  WantedPlaces,
} from "@neurond/storage-client";

/** Miners behind real sockets of this machine, which keep shards in memory, or only count them. */
export class LoopbackMiners
  implements Pick<StorageNetwork, "serving" | "place" | "deliver" | "fetch">, AsyncDisposable
{
  readonly #miners: readonly Hotkey[];
  readonly #keeps: boolean;
  readonly #shards = new Map<string, Buffer>();
  readonly #server: Server;
  #base = "";

  private constructor(miners: readonly Hotkey[], keeps: boolean) {
    this.#miners = miners;
    this.#keeps = keeps;
    this.#server = createServer((request, response) => {
      const id = request.url?.slice(1) ?? "";
      if (request.method === "GET") {
        const shard = this.#shards.get(id);
        response.writeHead(shard ? 200 : 404, { "content-length": shard?.length ?? 0 }).end(shard);
        return;
      }
      const kept: Buffer[] = [];
      request.on("data", (chunk: Buffer) => this.#keeps && kept.push(chunk));
      request.on("end", () => {
        if (this.#keeps) this.#shards.set(id, Buffer.concat(kept));
        response.writeHead(200).end();
      });
    });
  }

  static async start(miners: readonly Hotkey[], { keeps }: { readonly keeps: boolean }) {
    const started = new LoopbackMiners(miners, keeps);
    await new Promise<void>((resolve) => started.#server.listen(0, "127.0.0.1", resolve));
    const address = started.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    started.#base = `http://127.0.0.1:${address.port}`;
    return started;
  }

  async serving(): Promise<number> {
    return this.#miners.length;
  }

  async place({ shards }: WantedPlaces): Promise<Places> {
    return { miners: this.#miners.slice(0, shards), created: 1, expires: 2 };
  }

  async deliver({ shardId, size, body }: SealedShard, signal: AbortSignal): Promise<void> {
    const answer = await fetch(`${this.#base}/${toHex(shardId)}`, {
      method: "PUT",
      body: ReadableStream.from(body()),
      duplex: "half",
      headers: { "content-length": String(size) },
      signal,
    });
    await answer.arrayBuffer();
  }

  async *fetch({ shardId }: StoredShard, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const answer = await fetch(`${this.#base}/${toHex(shardId)}`, { signal });
    if (!answer.ok || answer.body === null) throw new Error(`no shard ${toHex(shardId)}`);
    yield* answer.body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
