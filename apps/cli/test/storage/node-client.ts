import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { type SignedAnswer, SignedClient } from "@neurond/runtime";
import { NODE, type StorageDaemons } from "./storage-daemons.ts";

const RECEIVER = hotkeyOf(keypairFromUri(NODE).publicKey);

/** Somebody's files at the API node, by its REST routes. */
export class NodeClient {
  readonly #daemons: StorageDaemons;
  readonly #client: SignedClient;

  constructor(daemons: StorageDaemons, uri: string) {
    this.#daemons = daemons;
    this.#client = new SignedClient({ key: keypairFromUri(uri) });
  }

  /** Whether the node says that it has stored a file; false also when nobody answers. */
  async put(name: string, bytes: Uint8Array): Promise<boolean> {
    const answer = await this.#ask("PUT", `/v1/files/${name}`, bytes).catch(() => null);
    return answer !== null && answer.status < 300;
  }

  /** A file; null when the node does not give it. */
  async get(name: string): Promise<Buffer | null> {
    const answer = await this.#ask("GET", `/v1/files/${name}`).catch(() => null);
    return answer?.status === 200 ? Buffer.from(answer.body) : null;
  }

  /** How many repairs wait; null when the node does not say. */
  async waiting(): Promise<number | null> {
    const answer = await this.#ask("GET", "/v1/repairs").catch(() => null);
    if (answer?.status !== 200) return null;
    return Number(JSON.parse(Buffer.from(answer.body).toString())["waiting"]);
  }

  #ask(method: "GET" | "PUT", path: string, body?: Uint8Array): Promise<SignedAnswer> {
    return this.#client.fetch({
      url: new URL(path, this.#daemons.nodeUrl),
      method,
      ...(body && { body, contentType: "application/octet-stream" }),
      receiver: RECEIVER,
      timeoutMs: 30_000,
      signal: new AbortController().signal,
      maxAnswerBytes: 64 * 1_048_576,
    });
  }
}
