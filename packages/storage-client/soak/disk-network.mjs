import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { release } from "@neurond/workload-storage/io/shards";

/** A network whose miners are files in one directory: what is measured is the client. */
export class DiskNetwork {
  #directory;
  #hotkeys;

  constructor(directory, miners) {
    this.#directory = directory;
    this.#hotkeys = Array.from({ length: miners }, (_, at) =>
      hotkeyOf(keypairFromUri(`//Miner${at}`).publicKey),
    );
  }

  async serving() {
    return this.#hotkeys.length;
  }

  async place({ shards }) {
    return { miners: this.#hotkeys.slice(0, shards), created: 1, expires: 2 };
  }

  async deliver({ shardId, body }, signal) {
    await pipeline(body(), createWriteStream(this.#path(shardId)), { signal });
  }

  async *fetch({ shardId }, signal) {
    // Let go of at once, as what comes from the network is.
    for await (const chunk of createReadStream(this.#path(shardId), { signal })) {
      yield chunk;
      release(chunk);
    }
  }

  /** Loses a shard. */
  async lose(shardId) {
    await rm(this.#path(shardId));
  }

  #path(shardId) {
    return join(this.#directory, Buffer.from(shardId).toString("hex"));
  }
}
