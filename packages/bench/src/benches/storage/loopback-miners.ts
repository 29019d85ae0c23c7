import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { type Hotkey, toHex } from "@neurond/primitives";
import { sendDirectly } from "@neurond/runtime";
import type {
  Places,
  SealedShard,
  StorageNetwork,
  StoredShard,
  WantedPlaces,
} from "@neurond/storage-client";
import { release } from "@neurond/workload-storage/io/shards";

/** Miners behind real sockets of this machine, which keep shards in memory, or only count them. */
export class LoopbackMiners
  implements Pick<StorageNetwork, "serving" | "place" | "deliver" | "fetch">, AsyncDisposable
{
  readonly #miners: readonly Hotkey[];
  readonly #server: Worker;
  readonly #base: string;

  private constructor(miners: readonly Hotkey[], server: Worker, base: string) {
    this.#miners = miners;
    this.#server = server;
    this.#base = base;
  }

  static async start(miners: readonly Hotkey[], { keeps }: { readonly keeps: boolean }) {
    const server = new Worker(new URL("./loopback-server.ts", import.meta.url), {
      workerData: { keeps },
    });
    const [address]: readonly AddressInfo[] = await once(server, "message");
    if (address === undefined) throw new Error("no port was given");
    return new LoopbackMiners(miners, server, `http://127.0.0.1:${address.port}`);
  }

  async serving(): Promise<number> {
    return this.#miners.length;
  }

  async place({ shards }: WantedPlaces): Promise<Places> {
    return { miners: this.#miners.slice(0, shards), created: 1, expires: 2 };
  }

  async deliver({ shardId, size, body }: SealedShard, signal: AbortSignal): Promise<void> {
    const headers = [["content-length", String(size)]] as const;
    const outgoing = { method: "PUT", headers, body: body(), signal } as const;
    const answer = await sendDirectly(new URL(toHex(shardId), this.#base), outgoing);
    await answer.discard();
  }

  async *fetch({ shardId }: StoredShard, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const outgoing = { method: "GET", headers: [], signal } as const;
    const answer = await sendDirectly(new URL(toHex(shardId), this.#base), outgoing);
    if (!answer.ok) throw new Error(`no shard ${toHex(shardId)}`);
    for await (const chunk of answer.body) {
      yield chunk;
      release(chunk);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.terminate();
  }
}
