import type { RpcFailure } from "./rpc-error.ts";

/** A frame from the node, as far as it makes sense. */
export type Frame =
  | { readonly kind: "answer"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: RpcFailure }
  | { readonly kind: "notification"; readonly subscription: string; readonly result: unknown };

/** Reads one JSON-RPC frame; undefined when it is none. */
export function parseFrame(text: string): Frame | undefined {
  const frame = object(parse(text));
  if (frame === undefined) return undefined;
  const { id, result, error, params } = frame;
  if (typeof id === "number") {
    if ("result" in frame) return { kind: "answer", id, result };
    const failure = failureOf(error);
    return failure === undefined ? undefined : { kind: "failure", id, failure };
  }
  const notified = object(params);
  if (notified === undefined || !("result" in notified)) return undefined;
  return {
    kind: "notification",
    subscription: String(notified["subscription"]),
    result: notified["result"],
  };
}

function failureOf(error: unknown): RpcFailure | undefined {
  const failure = object(error);
  if (failure === undefined) return undefined;
  const { code, message, data } = failure;
  return {
    code: typeof code === "number" ? code : 0,
    message: typeof message === "string" ? message : "no message",
    data: data === undefined || data === null ? undefined : textOf(data),
  };
}

function textOf(data: unknown): string {
  return typeof data === "string" ? data : JSON.stringify(data);
}

function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
