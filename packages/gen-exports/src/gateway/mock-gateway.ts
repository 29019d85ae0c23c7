import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { InvocationRow } from "@neurond/exports";
import { Random } from "../random.ts";
import { type ChuteAnswer, chuteAnswer } from "./answers.ts";
import { type GatewayBehaviour, MAX_ATTEMPTS } from "./behaviour.ts";
import { chutesJson, type GatewayCast, type GatewayInstance, gatewayCast } from "./cast.ts";
import { eventLine, ServedRequest } from "./served-request.ts";
import { bodyOf, resultEvents, sendAnswer, sendJson, writeHuge } from "./wire.ts";

/** A validator's gateway on loopback, with miners behind it that exist in its account only. */
export interface MockGateway extends AsyncDisposable {
  /** Of the API that lists chutes. */
  readonly url: string;
  /** Where requests go: language models, and one chute by `{slug}`. */
  readonly endpoints: { readonly llm: string; readonly chute: string };
  readonly cast: GatewayCast;
  /** Rows that an export of its hours must hold, in the order of the attempts. */
  readonly rows: readonly InvocationRow[];
  /** What was asked for: headers and body of each request. */
  readonly requests: readonly GatewayRequest[];
}

/** A request as it arrived. */
export interface GatewayRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly payload: unknown;
}

/** How it serves. */
export interface GatewayOptions {
  readonly seed?: number;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Unix time in milliseconds. */
  readonly now?: () => number;
  /** How the request with this number, from 0, is treated. */
  readonly behaviour?: (request: number) => GatewayBehaviour;
  /** The only key that is let in; any by default. */
  readonly apiKey?: string;
}

/** Serves chutes of every kind with traces, or as badly as `behaviour` says. */
export async function serveGateway(options: GatewayOptions = {}): Promise<MockGateway> {
  const gateway = new Gateway(options);
  const server = createServer((request, response) => {
    gateway.serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    endpoints: { llm: url, chute: `${url}/{slug}` },
    cast: gateway.cast,
    rows: gateway.rows,
    requests: gateway.requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Gateway {
  readonly cast: GatewayCast;
  readonly rows: InvocationRow[] = [];
  readonly requests: GatewayRequest[] = [];
  readonly #options: GatewayOptions;
  readonly #random: Random;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.cast = gatewayCast(options.seed ?? 1);
    this.#random = new Random(options.seed ?? 1, "gateway-calls");
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(`http://localhost${request.url ?? "/"}`).pathname;
    if (request.method === "GET" && path === "/chutes/")
      return sendJson(response, 200, chutesJson(this.cast));
    const payload = await bodyOf(request);
    const behaviour = this.#options.behaviour?.(this.requests.length) ?? { kind: "well" };
    this.requests.push({ path, headers: request.headers, payload });
    const { apiKey } = this.#options;
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`)
      return sendJson(response, 401, '{"detail":"invalid key"}');
    if (behaviour.kind === "refuses")
      return sendJson(response, behaviour.status, '{"detail":"refused"}');
    const called = this.#find(path, payload);
    if (called === null) return sendJson(response, 404, '{"detail":"no such chute"}');
    const { chute, functionName } = called;
    const now = (this.#options.now ?? Date.now)() * 1_000;
    const served = new ServedRequest(chute, functionName, this.#random, now);
    const answer = chuteAnswer(functionName);
    response.setHeader("x-chutes-invocationid", served.parentId);
    try {
      if (request.headers["x-chutes-trace"] === "true")
        await this.#traced(response, served, answer, behaviour);
      else this.#blind(response, served, answer, behaviour);
    } finally {
      this.rows.push(...served.rows);
    }
  }

  async #traced(
    response: ServerResponse,
    served: ServedRequest,
    answer: ChuteAnswer,
    behaviour: GatewayBehaviour,
  ): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (behaviour.kind === "overload") {
      response.end(eventLine({ error: "infra_overload", detail: "no capacity" }));
      return;
    }
    const instances = this.#targets(served);
    response.write(served.said(`identified ${instances.length} available targets`));
    if (behaviour.kind === "garbage") response.write("data: {not json\n\nevent: noise\n\n");
    const failures = behaviour.kind === "retries" ? behaviour.failures : 0;
    for (const [place, instance] of instances.slice(0, MAX_ATTEMPTS).entries()) {
      const attempt = served.attempts(instance);
      if (behaviour.kind === "cut") {
        // What was written is flushed before the line goes dead.
        await new Promise((resolve) => response.write(attempt, resolve));
        response.destroy();
        return;
      }
      response.write(attempt);
      if (behaviour.kind === "silent") return;
      if (place < failures) {
        response.write(served.fails(instance, "EMPTY_STREAM"));
        continue;
      }
      if (behaviour.kind === "huge-line") await writeHuge(response, behaviour.sizeBytes);
      for (const event of resultEvents(answer)) response.write(eventLine(event));
      response.end(served.succeeds(instance, answer.metrics));
      return;
    }
    response.end(eventLine({ error: "exhausted all available targets to no avail" }));
  }

  #blind(
    response: ServerResponse,
    served: ServedRequest,
    answer: ChuteAnswer,
    behaviour: GatewayBehaviour,
  ): void {
    const failures = behaviour.kind === "retries" ? behaviour.failures : 0;
    for (const [place, instance] of this.#targets(served).slice(0, MAX_ATTEMPTS).entries()) {
      served.attempts(instance);
      if (place < failures) served.fails(instance, "EMPTY_STREAM");
      else {
        served.succeeds(instance, answer.metrics);
        sendAnswer(response, answer);
        return;
      }
    }
    sendJson(response, 503, '{"detail":"exhausted all available targets to no avail"}');
  }

  /** Language models are called by name at one host, all else by the chute's own. */
  #find(path: string, payload: unknown) {
    const [, slug, rest] = /^\/([a-z0-9-]+)(\/.*)$/.exec(path) ?? [];
    for (const chute of this.cast.chutes) {
      const isNamed = (payload as { readonly model?: unknown } | null)?.model === chute.name;
      for (const [own, functionName] of chute.paths) {
        const isCalled = isNamed ? own === path : slug === chute.slug && rest === own;
        if (isCalled) return { chute, functionName };
      }
    }
    return null;
  }

  #targets(served: ServedRequest): readonly GatewayInstance[] {
    const own = this.cast.instances.filter(({ chuteId }) => chuteId === served.chuteId);
    const first = this.#random.integer(0, own.length - 1);
    return [...own.slice(first), ...own.slice(0, first)];
  }
}
