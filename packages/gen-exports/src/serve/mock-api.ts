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
        const { status, type, body } = answer(this.#dataset, url);
        response.writeHead(status, { "content-type": type, "content-length": body.length });
        return drip(response, body, hostility.pauseMs);
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

  #cutOnce(response: ServerResponse, full: Answer, request: IncomingMessage): void {
    const target = request.url ?? "";
    if (this.#cut.has(target) || full.body.length < 2) {
      send(response, full, request);
      return;
    }
    this.#cut.add(target);
    response.writeHead(full.status, headersOf(full, full.body.length));
    response.write(full.body.subarray(0, Math.floor(full.body.length / 2)), () =>
      response.destroy(),
    );
  }
}

const RANGE = /^bytes=(\d+)-$/;

/** The whole, or the rest from where a client stopped. */
function send(response: ServerResponse, full: Answer, request: IncomingMessage): void {
  const [, from] = RANGE.exec(request.headers.range ?? "") ?? [];
  const size = full.body.length;
  const isPart = from !== undefined && full.status === 200;
  if (isPart && Number(from) >= size) {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  const body = isPart ? full.body.subarray(Number(from)) : full.body;
  const range = isPart ? { "content-range": `bytes ${from}-${size - 1}/${size}` } : {};
  response.writeHead(isPart ? 206 : full.status, { ...headersOf(full, body.length), ...range });
  response.end(request.method === "HEAD" ? undefined : body);
}

function headersOf({ type, attachment }: Answer, length: number): Record<string, string | number> {
  const named =
    attachment === undefined
      ? {}
      : { "content-disposition": `attachment; filename="${attachment}"` };
  return { "content-type": type, "content-length": length, "accept-ranges": "bytes", ...named };
}
