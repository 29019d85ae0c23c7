import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { UsageCode } from "../../../failures.ts";
import { ADMIN_OPTIONS, AdminApi } from "./admin-api.ts";
import type { QueueShape, UpstreamShape } from "./schemas.ts";
import { upstreamTable } from "./upstream-table.ts";

const OPEN_SEC = { min: 1, max: 86_400 };

/** `neurond proxy queue` */
export const proxyQueue = defineAction<z.infer<typeof QueueShape>>({
  name: "queue",
  summary: "who waits for which backend, and how the servers are",
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy queue"],
  schema: async () => (await import("./schemas.ts")).QueueShape,
  run: async (call) => {
    const { QueueShape } = await import("./schemas.ts");
    return (await AdminApi.of(call)).ask(QueueShape, { path: "/v1/upstreams" });
  },
  human: ({ upstreams }, view) => upstreamTable(upstreams, view),
});

/** `neurond proxy breaker` */
export const proxyBreaker = defineAction<z.infer<typeof UpstreamShape>>({
  name: "breaker",
  summary: "send a server nothing for a while, or trust it again",
  args: [
    { flags: "<upstream>", description: "its name, as `proxy queue` shows it" },
    { flags: "<server>", description: "the server, as `proxy queue` shows it" },
    { flags: "<wish>", description: "open: it gets nothing; closed: it gets requests again" },
  ],
  options: [
    { flags: "--seconds <number>", description: "how long it stays open (default: 300)" },
    ...ADMIN_OPTIONS,
  ],
  examples: [
    "neurond proxy breaker inference http://localhost:8091 open --seconds 600",
    "neurond proxy breaker inference http://localhost:8091 closed",
  ],
  schema: async () => (await import("./schemas.ts")).UpstreamShape,
  run: async (call) => {
    const { UpstreamShape } = await import("./schemas.ts");
    const [upstream = "", server, breaker] = call.args;
    if (breaker !== "open" && breaker !== "closed")
      throw new CodedError<UsageCode>("USAGE", "say open or closed behind the server");
    const forSec = call.integer("seconds", OPEN_SEC);
    const body = { server, breaker, ...(forSec !== undefined && { forSec }) };
    const path = `/v1/upstreams/${encodeURIComponent(upstream)}/breaker`;
    return (await AdminApi.of(call)).ask(UpstreamShape, { method: "POST", path, body });
  },
  human: (upstream, view) => upstreamTable([upstream], view),
});
