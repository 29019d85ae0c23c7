import { randomBytes } from "node:crypto";
import { toHex } from "@neurond/primitives";
import {
  INTERNAL_ERROR,
  INVALID_REQUEST,
  invalidParams,
  methodNotFound,
  RpcError,
} from "./error.ts";
import type { Services, Subscription } from "./method.ts";
import { Params } from "./params.ts";
import { targets } from "./registry.ts";

type RequestId = string | number | null;

/** An answer, and what may only be sent after it. */
export interface Answer {
  readonly body: object;
  readonly afterwards?: () => void;
  /** Faults on order do not hit the methods that order them. */
  readonly exempt: boolean;
}

const MAX_SUBSCRIPTIONS = 1_024;

const failed = (id: RequestId, error: RpcError): Answer => ({
  body: {
    jsonrpc: "2.0",
    error: {
      code: error.code,
      message: error.message,
      ...(error.data === undefined ? {} : { data: error.data }),
    },
    id,
  },
  exempt: false,
});

interface Request {
  readonly id: RequestId | undefined;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** @throws RpcError -32600, -32602 */
function parseRequest(value: unknown): Request {
  if (typeof value !== "object" || value === null) throw invalidRequest();
  const { jsonrpc, method, params, id } = value as Partial<Record<string, unknown>>;
  const isId = id === undefined || id === null || typeof id === "string" || typeof id === "number";
  if (jsonrpc !== "2.0" || typeof method !== "string" || !isId) throw invalidRequest();
  if (params !== undefined && params !== null && !Array.isArray(params)) {
    throw invalidParams("parameters are positional: give a list");
  }
  return { id, method, params: params ?? [] };
}

const invalidRequest = () => new RpcError(INVALID_REQUEST, "Invalid request");

/** The id to answer with, as far as a request has a usable one. */
function idOf(value: unknown): RequestId {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/**
 * One client's requests and subscriptions. `send` carries notifications; without it (plain HTTP)
 * there are no subscriptions.
 */
export class Session {
  readonly #services: Services;
  readonly #send: ((notification: object) => void) | undefined;
  readonly #onBug: (error: unknown) => void;
  readonly #active = new Map<string, { subscription: Subscription; stop: () => void }>();
  #closed = false;

  constructor(
    services: Services,
    onBug: (error: unknown) => void,
    send?: (notification: object) => void,
  ) {
    this.#services = services;
    this.#onBug = onBug;
    this.#send = send;
  }

  /** Answers one request; nothing when it is a notification, which asks for no answer. */
  async handle(value: unknown): Promise<Answer | undefined> {
    try {
      const request = parseRequest(value);
      if (request.id === undefined) return undefined;
      return await this.#run(request.id, request);
    } catch (error) {
      if (error instanceof RpcError) return failed(idOf(value), error);
      this.#onBug(error);
      const reason = error instanceof Error ? error.message : String(error);
      return failed(idOf(value), new RpcError(INTERNAL_ERROR, "Internal error", reason));
    }
  }

  /** Ends every subscription. */
  close(): void {
    this.#closed = true;
    for (const { stop } of this.#active.values()) stop();
    this.#active.clear();
  }

  async #run(id: RequestId, { method, params }: Request): Promise<Answer> {
    const target = targets.get(method);
    if (!target) throw methodNotFound();
    const exempt = method.startsWith("dev_");
    const answer = (result: unknown, afterwards?: () => void): Answer => ({
      body: { jsonrpc: "2.0", result, id },
      ...(afterwards && { afterwards }),
      exempt,
    });
    switch (target.kind) {
      case "method":
        return answer(await target.run(this.#services, new Params(params)));
      case "subscribe": {
        const { name, flush } = this.#subscribe(target.subscription, new Params(params));
        return answer(name, flush);
      }
      case "unsubscribe":
        return answer(this.#unsubscribe(target.subscription, params[0]));
    }
  }

  /** Notifications wait until `flush`: a client must know the subscription's name before them. */
  #subscribe(subscription: Subscription, params: Params) {
    const send = this.#send;
    if (!send) throw methodNotFound();
    if (this.#active.size >= MAX_SUBSCRIPTIONS) {
      throw new RpcError(-32_006, `Too many subscriptions on the connection: ${MAX_SUBSCRIPTIONS}`);
    }
    const name = toHex(randomBytes(8)).slice(2);
    let waiting: unknown[] | undefined = [];
    const deliver = (result: unknown) => {
      if (this.#services.faults.muted || this.#closed) return;
      const params = { subscription: name, result };
      send({ jsonrpc: "2.0", method: subscription.notification, params });
    };
    const notify = (result: unknown) => {
      if (waiting) waiting.push(result);
      else deliver(result);
    };
    const stop = subscription.start(this.#services, params, notify);
    this.#active.set(name, { subscription, stop });
    const flush = () => {
      for (const result of waiting ?? []) deliver(result);
      waiting = undefined;
    };
    return { name, flush };
  }

  #unsubscribe(subscription: Subscription, name: unknown): boolean {
    const active = typeof name === "string" ? this.#active.get(name) : undefined;
    if (typeof name !== "string" || active?.subscription !== subscription) return false;
    active.stop();
    this.#active.delete(name);
    return true;
  }
}
