import {
  type Attributes,
  propagation,
  type Span,
  type SpanContext,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBackend, openProxy, settingsFor } from "./harness.ts";

const target = "/sync/inference";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;

interface Told {
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  ended: boolean;
}

/** What an SDK does, as far as it can be seen from here. */
function installSdk(): Told[] {
  const told: Told[] = [];
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan(name, options = {}, context) {
        const above = context && trace.getSpanContext(context);
        const id = String(told.length + 1).padStart(16, "0");
        const attributes = { ...options.attributes };
        const one: Told = { name, id, parent: above?.spanId, attributes, ended: false };
        told.push(one);
        return spanOf(one, above?.traceId ?? TRACE);
      },
      startActiveSpan: () => {
        throw new Error("nobody makes a span active");
      },
    }),
  });
  propagation.setGlobalPropagator(W3C);
  onTestFinished(() => {
    trace.disable();
    propagation.disable();
  });
  return told;
}

function spanOf(one: Told, traceId: string): Span {
  const context: SpanContext = { traceId, spanId: one.id, traceFlags: TraceFlags.SAMPLED };
  const span: Span = {
    spanContext: () => context,
    setAttribute(name, value) {
      one.attributes[name] = value;
      return span;
    },
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    end() {
      one.ended = true;
    },
    isRecording: () => true,
    recordException: () => undefined,
  };
  return span;
}

const W3C: TextMapPropagator = {
  fields: () => ["traceparent"],
  inject(context, carrier, setter) {
    const span = trace.getSpanContext(context);
    if (span) setter.set(carrier, "traceparent", `00-${span.traceId}-${span.spanId}-01`);
  },
  extract(context, carrier, getter) {
    const [, traceId = "", spanId = ""] = String(getter.get(carrier, "traceparent")).split("-");
    if (traceId === "") return context;
    return trace.setSpanContext(context, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  },
};

async function openTraced() {
  const backend = await openBackend();
  const { proxy, call } = await openProxy(settingsFor(backend.url));
  return {
    call,
    backend,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

describe("a request", () => {
  test("takes its client's traceparent to the backend where nobody traces", async () => {
    await using at = await openTraced();
    const headers = { traceparent: PARENT, tracestate: "a=b" };
    expect(await at.call({ target, headers })).toMatchObject({ status: 200 });
    expect(at.backend.seen[0]?.headers).toMatchObject(headers);
  });

  test("is a span below its client's, with the signature and the upstream below it", async () => {
    const told = installSdk();
    await using at = await openTraced();
    const headers = { traceparent: PARENT, tracestate: "a=b" };
    expect(await at.call({ target, headers })).toMatchObject({ status: 200 });
    const [request, verify, upstream] = told;
    expect(told.map(({ name }) => name)).toEqual(["request", "verify", "upstream"]);
    expect(request).toMatchObject({
      parent: "b7ad6b7169203331",
      attributes: { "http.route": target, "http.response.status_code": 200 },
    });
    expect(verify?.parent).toBe(request?.id);
    expect(upstream).toMatchObject({
      parent: request?.id,
      attributes: { "neurond.upstream": "inference" },
    });
    expect(told.every(({ ended }) => ended)).toBe(true);
    expect(at.backend.seen[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE}-${upstream?.id}-01`,
      tracestate: "a=b",
    });
  });

  test("that is turned away says why in its span", async () => {
    const told = installSdk();
    await using at = await openTraced();
    await at.call({ target, key: null });
    expect(told).toMatchObject([
      { name: "request", attributes: { "neurond.code": "MISSING_AUTHORIZATION" }, ended: true },
    ]);
  });
});
