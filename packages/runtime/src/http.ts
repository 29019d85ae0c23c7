import { randomUUID } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { STATUS } from "@neurond/epistula";
import { CodedError, isCoded } from "@neurond/primitives";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Registry } from "prom-client";
import { Refused } from "./authenticate.ts";
import { closeUnread } from "./close-unread.ts";
import type { RuntimeCode } from "./errors.ts";
import type { Health, Verdict } from "./health.ts";
import type { Logger } from "./logger.ts";

export interface HttpOptions {
  readonly title: string;
  readonly version: string;
  readonly log: Logger;
  readonly health: Health;
  readonly registry: Registry;
  /** HTTP status of the codes that handlers throw; codes not listed are bugs and answer 500. */
  readonly statusOf: Readonly<Record<string, number>>;
  readonly bodyLimitBytes?: number;
  /** From the first byte of a request to the last. */
  readonly requestTimeoutMs?: number;
  /** Whether `//a//b` is asked for as `/a/b`: some clients join a base with its slash and a path with another. */
  readonly collapsesSlashes?: boolean;
  /** Requests per minute and source address, before anything is parsed. */
  readonly requestsPerMinute?: number;
}

/** A fastify instance whose routes are typed and documented by zod schemas. */
export type App = ReturnType<typeof bare>;

/** What every error answer looks like; `code` is stable, `detail` is for people. */
export interface ErrorBody {
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
}

const bare = (options: HttpOptions) =>
  Fastify({
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    connectionTimeout: 10_000,
    keepAliveTimeout: 72_000,
    maxRequestsPerSocket: 10_000,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    // Fastify's own type of it: hooks are written for that, and pino's is wider.
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: {
      maxParamLength: 200,
      ignoreDuplicateSlashes: options.collapsesSlashes ?? false,
    },
  })
    .setValidatorCompiler(validatorCompiler)
    .setSerializerCompiler(serializerCompiler)
    .withTypeProvider<ZodTypeProvider>();

/** An app with `/livez`, `/readyz`, `/metrics`, `/openapi.json`, a limit per address, and coded errors. */
export async function createApp(options: HttpOptions): Promise<App> {
  const app = bare(options);
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? 600,
    timeWindow: "1 minute",
    errorResponseBuilder: (request, { ttl }) =>
      Object.assign(new Error("too many requests from this address"), {
        statusCode: 429,
        code: "RATE_LIMITED",
        requestId: request.id,
        ttl,
      }),
  });
  await app.register(swagger, {
    openapi: { info: { title: options.title, version: options.version } },
    transform: jsonSchemaTransform,
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = statusOf(error, options);
    if (status >= 500) request.log[levelOf(error, status)]({ error }, "request failed");
    return reply.status(status).send(bodyOf(error, status, request.id));
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .send({ detail: "no such route", code: "ROUTE_UNKNOWN", requestId: request.id }),
  );
  closeUnread(app);
  addOperatorRoutes(app, options);
  return app;
}

/** What has a code was foreseen, and to be busy is everyday; only what has none is a fault of ours. */
function levelOf(error: unknown, status: number): "debug" | "error" | "warn" {
  if (!isCoded(error)) return "error";
  return status === 503 ? "debug" : "warn";
}

function addOperatorRoutes(app: App, { health, registry }: HttpOptions): void {
  const hidden = { schema: { hide: true }, config: { rateLimit: false } } as const;
  const answer = (verdict: Verdict) => ({ status: verdict.ok ? 200 : 503, body: verdict });
  app.get("/livez", hidden, async (_request, reply) => {
    const { status, body } = answer(health.live());
    return reply.status(status).send(body);
  });
  app.get("/readyz", hidden, async (_request, reply) => {
    const { status, body } = answer(health.ready());
    return reply.status(status).send(body);
  });
  app.get("/metrics", hidden, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  app.get("/openapi.json", hidden, async () => app.swagger());
}

function statusOf(error: FastifyError, { statusOf: known }: HttpOptions): number {
  if (error instanceof Refused) return STATUS[error.refusal.code];
  if (isCoded(error)) return known[error.code] ?? 500;
  return error.statusCode ?? 500;
}

/** A bug's text stays in the log: it may quote what a stranger should not read. */
function bodyOf(error: FastifyError, status: number, requestId: string): ErrorBody {
  if (status >= 500 && !isCoded(error))
    return { detail: "internal error", code: "INTERNAL", requestId };
  const code = error.validation ? "REQUEST_INVALID" : (error.code ?? "REQUEST_INVALID");
  return { detail: error.message, code, requestId };
}

export interface Listening extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Binds the app. Requests under way finish when it is disposed; new ones are refused. */
export async function listen(
  app: Pick<FastifyInstance, "listen" | "close" | "server">,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  try {
    const url = await app.listen({ host, port });
    const address = app.server.address();
    const bound = typeof address === "object" && address ? address.port : port;
    return { url, port: bound, [Symbol.asyncDispose]: () => app.close() };
  } catch (cause) {
    throw new CodedError<RuntimeCode>(
      "LISTEN_FAILED",
      `cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}); is it in use?`,
      { host, port },
      { cause },
    );
  }
}
