import {
  type Context,
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Arrival } from "./exchange.ts";
import { type Ending, statusOf } from "./served.ts";

/** The spans of a request; there are none unless an SDK is loaded beside us (`node --import`). */
export interface RequestTrace {
  /** Times the check of the signature. */
  verify<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Times the upstream, its queue included; `propagated` leads there while it lasts. */
  upstream<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
  /** Headers for the upstream in place of the client's own; null where no SDK says so. */
  readonly propagated: Readonly<Record<string, string>> | null;
  end(ending: Ending, route: string): void;
}

const HEADERS: TextMapGetter<Arrival["request"]["headers"]> = {
  get: (headers, name) => headers[name.toLowerCase()],
  keys: (headers) => Object.keys(headers),
};

const NAME = "@neurond/reverse-proxy";

const UNTRACED: RequestTrace = {
  verify: (work) => work(),
  upstream: (_, work) => work(),
  propagated: null,
  end: () => undefined,
};

/** Begins the span of a request, below that of its client where it names one. */
export function beginTrace({ id, head, request }: Arrival): RequestTrace {
  const tracer = tracerOfSdk();
  if (tracer === undefined) return UNTRACED;
  const outer = propagation.extract(ROOT_CONTEXT, request.headers, HEADERS);
  const attributes = { "http.request.method": head.method, "neurond.request_id": id };
  const span = tracer.startSpan("request", { kind: SpanKind.SERVER, attributes }, outer);
  const own = trace.setSpan(outer, span);
  let propagated: RequestTrace["propagated"] = null;
  return {
    verify: (work) => timed(tracer.startSpan("verify", {}, own), own, work),
    upstream(name, work) {
      const options = { kind: SpanKind.CLIENT, attributes: { "neurond.upstream": name } };
      const client = tracer.startSpan("upstream", options, own);
      const below = trace.setSpan(own, client);
      const carrier: Record<string, string> = {};
      propagation.inject(below, carrier);
      if (Object.keys(carrier).length > 0) propagated = carrier;
      return timed(client, below, work);
    },
    get propagated() {
      return propagated;
    },
    end(ending, route) {
      const status = statusOf(ending);
      span.setAttribute("http.route", route);
      span.setAttribute("http.response.status_code", status);
      if (ending.kind === "denied") {
        const { code, loggedCode } = ending.denial.deny;
        span.setAttribute("neurond.code", loggedCode ?? code);
      }
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Asked each time, because an SDK may come later; its absence costs nothing, spans that go nowhere would. */
function tracerOfSdk(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer(NAME)
    : provider.getTracer(NAME);
}

/** Work in the context of its span, so that libraries that trace themselves find it. */
async function timed<Value>(
  span: Span,
  within: Context,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await context.with(trace.setSpan(within, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
