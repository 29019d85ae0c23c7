import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { Upstreams, UpstreamView } from "../upstream/upstream.ts";
import type { AdminCode } from "./errors.ts";

const DAY_SEC = 86_400;

const Server = z.object({
  label: z.string(),
  breaker: z.enum(["closed", "half-open", "open"]),
  well: z.boolean(),
  ejected: z.boolean(),
  inFlight: z.int(),
});

/** One upstream as the admin plane tells of it. */
export const UpstreamShape = z.object({
  name: z.string(),
  state: z.enum(["ready", "saturated", "down"]),
  queueDepth: z.int(),
  inFlight: z.int(),
  limit: z.int(),
  servers: z.array(Server),
});

const Wish = z.strictObject({
  server: z.string().max(2048).describe("its label in the list"),
  breaker: z.enum(["open", "closed"]),
  forSec: z.int().min(1).max(DAY_SEC).default(300).describe("of an open one; then it is probed"),
});

/** Queues, servers and their breakers. */
export function serveUpstreams(app: App, upstreams: Upstreams): void {
  app.get(
    "/v1/upstreams",
    {
      schema: {
        summary: "Queues, servers and breakers",
        response: { 200: z.object({ upstreams: z.array(UpstreamShape) }) },
      },
    },
    async () => ({ upstreams: viewOf(upstreams) }),
  );
  app.post(
    "/v1/upstreams/:name/breaker",
    {
      schema: {
        summary: "Open the breaker of a server, so that it gets nothing, or close it",
        params: z.object({ name: z.string().max(200) }),
        body: Wish,
        response: { 200: UpstreamShape },
      },
    },
    async ({ params: { name }, body: { server, breaker, forSec } }) => {
      const upstream = upstreams.get(name);
      if (upstream === undefined)
        throw new CodedError<AdminCode>("UPSTREAM_UNKNOWN", `no upstream is called ${name}`);
      const wish =
        breaker === "open"
          ? ({ kind: "open", forMs: forSec * 1000 } as const)
          : ({ kind: "closed" } as const);
      if (!upstream.setBreaker(server, wish))
        throw new CodedError<AdminCode>("SERVER_UNKNOWN", `${name} has no server ${server}`);
      return shapeOf(upstream.view());
    },
  );
}

/** All upstreams, as plain data. */
export const viewOf = (upstreams: Pick<Upstreams, "all">) =>
  upstreams.all().map((upstream) => shapeOf(upstream.view()));

const shapeOf = (view: UpstreamView) => ({ ...view, servers: [...view.servers] });
