import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** How a request fails; `lost` is done, and its answer never arrives. */
export type Fault = 500 | 429 | 401 | 403 | 404 | "portal" | "hang" | "break" | "lost";

/** What a receiver has of a run. */
export interface ReceivedRun {
  readonly about: Readonly<Record<string, unknown>>;
  readonly history: Record<string, unknown>[];
  summary: Record<string, unknown>;
  readonly files: Map<string, string>;
  readonly uploaded: Set<string>;
  isComplete: boolean;
  beats: number;
}

/** A request as a vector holds it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const Graphql = z.object({
  operationName: z.string(),
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).default({}),
});
const Rows = z.strictObject({ offset: z.int().min(0), content: z.array(z.string()) });
const Stream = z.strictObject({
  files: z
    .strictObject({
      "wandb-history.jsonl": Rows.optional(),
      "wandb-summary.json": Rows.optional(),
    })
    .optional(),
  uploaded: z.array(z.string()).optional(),
  complete: z.literal(true).optional(),
  exitcode: z.literal(0).optional(),
});
const Row = z.looseObject({ _step: z.int(), _timestamp: z.number(), _runtime: z.number().min(0) });

/**
 * What of wandb a client of rows and files needs, and strict about it: the key in every request but
 * uploads, one request at a time, rows in their places without gaps, and only objects in lines.
 * Whatever is wrong is in `faults`, which a test wants to be empty.
 */
export class WandbReceiver implements AsyncDisposable {
  readonly runs = new Map<string, ReceivedRun>();
  readonly seen: Seen[] = [];
  readonly faults: string[] = [];
  /** How the last request with a key showed it, and what it held. */
  headers: Readonly<Record<string, unknown>> = {};
  /** How the next requests fail, in order; null for one that succeeds. */
  readonly next: (Fault | null)[] = [];
  readonly #server: Server;
  readonly #key: string;
  #port: number;
  #atOnce = 0;

  private constructor(server: Server, key: string, port: number) {
    this.#server = server;
    this.#key = key;
    this.#port = port;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(key: string, port = 0): Promise<WandbReceiver> {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new WandbReceiver(server, key, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    this.#atOnce += 1;
    response.on("close", () => {
      this.#atOnce -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    // Telemetry of wandb's own client.
    if (path.startsWith("/sdk/otel/")) return reply(response, 200, {});
    const isUpload = method === "PUT";
    if (this.#atOnce > 1 && !isUpload) this.faults.push(`two requests at once: ${path}`);
    this.seen.push({ method, path, body: isUpload ? text : JSON.parse(text) });
    const wanted = `Basic ${Buffer.from(`api:${this.#key}`).toString("base64")}`;
    const given = request.headers.authorization;
    if (isUpload !== (given === undefined)) this.faults.push(`key in ${method} ${path}`);
    if (!isUpload) {
      this.headers = { authorization: given, "content-type": request.headers["content-type"] };
    }
    const fault = this.next.shift() ?? null;
    if (fault === "hang") return;
    if (fault === "break") return void request.socket.destroy();
    if (fault === "portal") return void response.end("<html>log in</html>");
    if (fault === 429) response.setHeader("retry-after", "1");
    if (typeof fault === "number") return reply(response, fault, { error: `no: ${given}` });
    if (!isUpload && given !== wanted) return reply(response, 401, { error: "invalid key" });
    const answer = this.#do(method, path, text);
    if (fault === "lost") return void request.socket.destroy();
    reply(response, "error" in answer ? 404 : 200, answer);
  }

  #do(method: string, path: string, text: string): object {
    const [, first, id = "", name = ""] = path.split("/").map(decodeURIComponent);
    if (method === "PUT" && first === "up") {
      this.runs.get(id)?.files.set(name, text);
      return {};
    }
    if (path === "/graphql") return this.#graphql(Graphql.parse(JSON.parse(text)));
    const [, entity, project, run = ""] =
      /^\/files\/([^/]+)\/([^/]+)\/([^/]+)\/file_stream$/.exec(path) ?? [];
    const found = this.runs.get(run);
    const isThere = found?.about["entity"] === entity && found?.about["project"] === project;
    if (found === undefined || !isThere) return { error: `no run for ${path}` };
    this.#stream(found, Stream.parse(JSON.parse(text)), path);
    return {};
  }

  #graphql({ operationName, variables }: z.output<typeof Graphql>): object {
    const { name, entity, project } = variables;
    switch (operationName) {
      case "Viewer":
        return { data: { viewer: { id: "v", entity, username: "me", flags: "{}" } } };
      case "UpsertBucket": {
        const id = String(name);
        const before = this.runs.get(id);
        const run = before ?? {
          ...{ about: variables, history: [], summary: {}, files: new Map() },
          ...{ uploaded: new Set<string>(), isComplete: false, beats: 0 },
        };
        this.runs.set(id, run);
        const place = { id: "p", name: project, entity: { id: "e", name: entity } };
        const bucket = { id: "b", name: id, displayName: "a-run-1", config: "{}", project: place };
        return { data: { upsertBucket: { bucket, inserted: before === undefined } } };
      }
      case "CreateRunFiles": {
        const { run, files } = variables;
        const made = z.array(z.string()).parse(files);
        const urls = made.map((file) => ({
          name: file,
          uploadUrl: `${this.url}/up/${run}/${file}`,
        }));
        return { data: { createRunFiles: { runID: "b", uploadHeaders: [], files: urls } } };
      }
      default:
        return { data: {} };
    }
  }

  #stream(run: ReceivedRun, { files, uploaded, complete }: z.output<typeof Stream>, at: string) {
    if (files === undefined && uploaded === undefined && !complete) run.beats += 1;
    const rows = files?.["wandb-history.jsonl"];
    if (rows !== undefined && rows.offset > run.history.length) this.faults.push(`gap in ${at}`);
    for (const [index, line] of rows?.content.entries() ?? []) {
      const row = Row.parse(JSON.parse(line));
      const place = (rows?.offset ?? 0) + index;
      const before = run.history[place];
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(row)) {
        this.faults.push(`another row ${place} in ${at}`);
      }
      if (row._step <= Number(run.history[place - 1]?.["_step"] ?? -1)) {
        this.faults.push(`_step does not grow in ${at}`);
      }
      run.history[place] = row;
    }
    const [summary] = files?.["wandb-summary.json"]?.content ?? [];
    if (summary !== undefined) run.summary = JSON.parse(summary);
    for (const name of uploaded ?? []) {
      if (!run.files.has(name)) this.faults.push(`${name} was not uploaded`);
      run.uploaded.add(name);
    }
    if (complete) run.isComplete = true;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
