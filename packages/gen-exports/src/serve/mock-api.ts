import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { entryId } from "@neurond/exports";
import { Dataset } from "../dataset.ts";
import {
  drip,
  HOSTILE_HOTKEY,
  HOSTILE_PATHS,
  type Hostility,
  streamBody,
  streamEndless,
} from "./hostile.ts";
import { type Answer, answer, refusal } from "./routes.ts";
import { bytesOf, headersOf, send, sendHalf } from "./send.ts";

/** A validator's API over a folder, on loopback. */
export interface MockApi extends AsyncDisposable {
  readonly url: string;
  /** What was asked for, in order: method, path and query. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** How it serves. */
export interface MockApiOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly hostility?: Hostility;
}

/** Serves a data set over HTTP as its validator would, or as a hostile one. */
export async function serveDataset(folder: string, options: MockApiOptions = {}): Promise<MockApi> {
  const api = new Api(new Dataset(folder), options.hostility ?? null);
  const server = createServer((request, response) => {
    api.serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: api.requests,
    close,
    [Symbol.asyncDispose]: close,
  };
}

class Api {
  readonly requests: string[] = [];
  readonly #dataset: Dataset;
  readonly #hostility: Hostility | null;
  readonly #cut = new Set<string>();

  constructor(dataset: Dataset, hostility: Hostility | null) {
    this.#dataset = dataset;
    this.#hostility = hostility;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "/";
    this.requests.push(`${request.method} ${target}`);
    // A target that begins with two slashes would be read as a host.
    const url = new URL(`http://localhost${target}`);
    if (request.method !== "GET" && request.method !== "HEAD")
      return send(response, refusal(405, "GET only"), request);
    const isListing = url.pathname === "/audit/";
    const hostility = this.#hostility;
    switch (hostility?.kind) {
      case undefined:
        return send(response, answer(this.#dataset, url), request);
      case "traversal":
        return send(response, this.#traversal(url, isListing), request);
      case "endless-body":
        if (isListing) return send(response, answer(this.#dataset, url), request);
        response.writeHead(200, { "content-type": "application/json" });
        return streamBody(response, hostility.sizeBytes);
      case "endless-list":
        if (!isListing) return send(response, answer(this.#dataset, url), request);
        return this.#endlessList(response);
      case "wrong-type":
        return send(response, { ...answer(this.#dataset, url), type: "text/html" }, request);
      case "slow": {
        const whole = answer(this.#dataset, url);
        response.writeHead(whole.status, headersOf(whole, whole.body.length));
        return drip(response, bytesOf(whole), hostility.pauseMs);
      }
      case "cut":
        return this.#cutOnce(response, answer(this.#dataset, url), request);
      case "down":
        if (this.requests.length <= hostility.count)
          return send(response, refusal(503, "try later"), request);
        return send(response, answer(this.#dataset, url), request);
    }
  }

  #traversal(url: URL, isListing: boolean): Answer {
    if (!isListing) {
      const isBait = HOSTILE_PATHS.some((path) => path === url.searchParams.get("path"));
      return isBait
        ? { status: 200, type: "application/json", body: Buffer.from("{}") }
        : answer(this.#dataset, url);
    }
    const entries = this.#dataset.entries();
    const [first] = entries;
    const paths = HOSTILE_PATHS.map((path) => ({ ...first, path }));
    const hotkey = {
      ...first,
      hotkey: HOSTILE_HOTKEY,
      entry_id: entryId(HOSTILE_HOTKEY, first?.block ?? 0),
    };
    return {
      status: 200,
      type: "application/json",
      body: Buffer.from(JSON.stringify([...paths, hotkey, ...entries])),
    };
  }

  #endlessList(response: ServerResponse): Promise<void> {
    const line = `${this.#dataset
      .entries()
      .map((entry) => JSON.stringify(entry))
      .join(",")},`;
    response.writeHead(200, { "content-type": "application/json" });
    response.write("[");
    return streamEndless(response, line);
  }

  #cutOnce(response: ServerResponse, full: Answer, request: IncomingMessage): Promise<void> {
    const target = request.url ?? "";
    if (this.#cut.has(target) || full.body.length < 2) return send(response, full, request);
    this.#cut.add(target);
    return sendHalf(response, full);
  }
}
