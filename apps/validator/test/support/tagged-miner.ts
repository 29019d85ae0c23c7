import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifySr25519Fast } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { InventoryTree, periodOf, receiptDigest } from "@neurond/workload-storage";
import {
  acceptGrant,
  CHALLENGE_PATH,
  ChallengeMessage,
  decodeGrantOffer,
  decodeOffer,
  findOnDisk,
  parseShardName,
  ShardStore,
  SweepAnswerer,
  storageResponder,
  TagStore,
} from "@neurond/workload-storage/io";
import { HOST, hotkey, key, NETUID, type World } from "./world.ts";

/** A miner made of the parts that answer challenges, which keeps tags and believes everybody. */
export class TaggedMiner implements AsyncDisposable {
  readonly uri: string;
  readonly directory: string;
  /** Whether tags are taken. */
  takesTags = true;
  readonly #server: Server;
  readonly #shards: ShardStore;
  readonly #tags: TagStore;
  readonly #answerer = new SweepAnswerer({ concurrency: 1 });

  private constructor(uri: string, directory: string, shards: ShardStore, tags: TagStore) {
    this.uri = uri;
    this.directory = directory;
    this.#shards = shards;
    this.#tags = tags;
    this.#server = createServer((request, response) => {
      this.#serve(request).then(
        (body) => response.end(body),
        (error: unknown) => response.writeHead(409).end(JSON.stringify({ code: String(error) })),
      );
    });
  }

  static async start(world: World, uri: string): Promise<TaggedMiner> {
    const directory = await mkdtemp(join(tmpdir(), "neurond-tagged-"));
    const shards = await ShardStore.open({ directory, reserveBytes: 0 });
    const miner = new TaggedMiner(uri, directory, shards, await TagStore.open(directory));
    await new Promise<void>((resolve) => miner.#server.listen(0, HOST, resolve));
    const { port } = miner.#server.address() as AddressInfo;
    const axon = { netuid: NETUID, version: 1, ip: HOST, port };
    const sent = await world.chain.serveAxon(key(uri), axon);
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
    return miner;
  }

  get tagged(): number {
    return this.#tags.list().length;
  }

  async #serve(request: IncomingMessage): Promise<Uint8Array | string> {
    const url = new URL(request.url ?? "/", "http://miner");
    const of = (name: string) => url.searchParams.get(name) ?? "";
    const signer = key(this.uri);
    if (url.pathname === CHALLENGE_PATH) {
      const message = ChallengeMessage.parse(JSON.parse((await whole(request)).toString()));
      return this.#answer(message);
    }
    if (url.pathname.endsWith("/tags")) {
      if (!this.takesTags) throw new Error("no tags here");
      const offer = decodeGrantOffer(of("grant"));
      const signed = await acceptGrant(
        { ...offer, body: request },
        {
          shards: this.#shards,
          tags: this.#tags,
          miner: hotkey(this.uri),
          sign: (digest) => signer.sign(digest),
          verify: verifySr25519Fast,
        },
      );
      return JSON.stringify({ signature: toHex(signed.minerSignature) });
    }
    if (request.method === "PUT") {
      const offer = decodeOffer(of("receipt"));
      const minerSignature = signer.sign(receiptDigest(offer.receipt));
      await this.#shards.accept({ ...offer, minerSignature }, request);
      return JSON.stringify({ miner_signature: toHex(minerSignature) });
    }
    const name = parseShardName(url.pathname.split("/").at(-1) ?? "");
    const pieces: Uint8Array[] = [];
    if (name !== undefined && name !== null) {
      for await (const piece of this.#shards.read(name)) pieces.push(Uint8Array.from(piece));
    }
    return Buffer.concat(pieces);
  }

  #answer(message: ChallengeMessage): Promise<Uint8Array> {
    const { validator } = message.task;
    const entries = this.#shards
      .promised()
      .map(({ receipt }) => receipt)
      .filter((receipt) => receipt.validator === validator)
      .sort((a, b) => Buffer.compare(a.shardId, b.shardId));
    const respond = storageResponder({
      miner: hotkey(this.uri),
      sign: (digest) => key(this.uri).sign(digest),
      shards: this.#shards,
      inventoryOf: async () => new InventoryTree(entries),
      answers: {
        sweep: ({ task, ...question }, signal) => {
          const period = periodOf(task.beacon.block, task.period_blocks);
          const { directory } = this;
          const place = { shards: this.#shards, tags: this.#tags, directory, period };
          return this.#answerer.answer({ ...question, find: findOnDisk(place) }, signal);
        },
      },
    });
    return respond(message, new AbortController().signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#answerer[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}
