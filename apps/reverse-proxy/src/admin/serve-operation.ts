import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { Capacity, CapacityOverrides } from "../capacity.ts";
import type { ReloadResult } from "../reload.ts";
import type { ServiceState } from "../service-state.ts";
import type { AllowedAddress } from "../shield/allowed-addresses.ts";
import { encodeAllowed, FORMATS } from "../shield/firewall-formats.ts";
import type { Upstreams } from "../upstream/upstream.ts";
import type { AdminToken } from "./admin-token.ts";
import type { AdminCode } from "./errors.ts";
import { UpstreamShape, viewOf } from "./serve-upstreams.ts";
import type { TopRefusals } from "./top-refusals.ts";

/** What an operator sees and changes of a running proxy, beside bans and upstreams. */
export interface Operated {
  readonly version: string;
  readonly upstreams: Upstreams;
  readonly overrides: CapacityOverrides;
  readonly capacity: () => Capacity;
  readonly state: ServiceState;
  readonly refusals: TopRefusals;
  /** Null where the configuration cannot be read again. */
  readonly reload: (() => ReloadResult) | null;
  readonly token: AdminToken;
  readonly allowed: () => readonly AllowedAddress[];
  /** Unix milliseconds. */
  readonly now: () => number;
}

const Flags = z.record(z.string(), z.boolean());
const CapacityShape = z.object({ flags: Flags, overrides: Flags });
const Status = z.object({
  version: z.string(),
  state: z.enum(["running", "paused", "stopping"]),
  upstreams: z.array(UpstreamShape),
  capacity: CapacityShape,
});
const Capability = z.object({ name: z.string().min(1).max(128) });
const MIME = { json: "application/json", nft: "text/plain", ipset: "text/plain" } as const;

/** The state of the proxy, and what changes it as a whole. */
export function serveOperation(app: App, operated: Operated): void {
  const status = () => ({
    version: operated.version,
    state: operated.state.name,
    upstreams: viewOf(operated.upstreams),
    capacity: capacityOf(operated),
  });
  const answers = { response: { 200: Status } };
  app.get("/v1/status", { schema: { summary: "What goes on", ...answers } }, async () => status());
  for (const [verb, paused] of [
    ["drain", true],
    ["undrain", false],
  ] as const) {
    const summary = paused
      ? "Say that we can do nothing, and take nothing new for backends"
      : "Take requests again";
    app.post(`/v1/${verb}`, { schema: { summary, ...answers } }, async () => {
      operated.state.pause(paused);
      return status();
    });
  }
  serveCapacity(app, operated);
  app.get(
    "/v1/refusals",
    {
      schema: {
        summary: "Who was turned away most within the hour",
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(20) }),
      },
    },
    async ({ query }) => ({ refusals: operated.refusals.top(query.limit, operated.now()) }),
  );
  app.post(
    "/v1/reload",
    { schema: { summary: "Read the configuration anew, as SIGHUP does" } },
    async () => ({ restart: reloaded(operated) }),
  );
  app.post(
    "/v1/token/rotate",
    { schema: { summary: "A new token; the old one is dead at once" } },
    async () => ({ token: await operated.token.rotate() }),
  );
  app.get(
    "/v1/allowed-addresses",
    {
      schema: {
        summary: "Addresses that a firewall may let in first",
        querystring: z.object({ format: z.enum(FORMATS).default("json") }),
      },
    },
    async ({ query: { format } }, reply) =>
      reply.type(MIME[format]).send(encodeAllowed(operated.allowed(), format)),
  );
}

function serveCapacity(app: App, operated: Operated): void {
  const answers = { response: { 200: CapacityShape } };
  app.get("/v1/capacity", { schema: { summary: "What we say we can do", ...answers } }, async () =>
    capacityOf(operated),
  );
  app.put(
    "/v1/capacity/:name",
    {
      schema: {
        summary: "Say by hand whether we can do something, whatever its upstream",
        params: Capability,
        body: z.strictObject({ can: z.boolean() }),
        ...answers,
      },
    },
    async ({ params, body }) => {
      operated.overrides.set(params.name, body.can);
      return capacityOf(operated);
    },
  );
  app.delete(
    "/v1/capacity/:name",
    { schema: { summary: "Take back what was said by hand", params: Capability, ...answers } },
    async ({ params }) => {
      operated.overrides.set(params.name, null);
      return capacityOf(operated);
    },
  );
}

function capacityOf({ capacity, overrides }: Operated) {
  const said = overrides.names().map((name) => [name, overrides.get(name) === true] as const);
  return { flags: { ...capacity().flags }, overrides: Object.fromEntries(said) };
}

/** Which changed settings take effect with a restart only. */
function reloaded({ reload }: Operated): readonly string[] {
  if (reload === null)
    throw new CodedError<AdminCode>("RELOAD_UNAVAILABLE", "this proxy cannot read it again");
  const result = reload();
  if (result.kind === "taken") return result.restart;
  const { error: cause } = result;
  const message = cause instanceof Error ? cause.message : "the new configuration cannot work";
  throw new CodedError<AdminCode>("RELOAD_REFUSED", message, {}, { cause });
}
