import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { UsageCode } from "../../../failures.ts";
import { ADMIN_OPTIONS, AdminApi } from "./admin-api.ts";
import type { CapacityShape } from "./schemas.ts";

/** `neurond proxy capacity` */
export const proxyCapacity = defineAction<z.infer<typeof CapacityShape>>({
  name: "capacity",
  summary: "what the proxy says it can do; with a name, say so by hand",
  description:
    "What is said by hand holds whatever the upstreams are like, until `auto` takes it back or the proxy is restarted.",
  args: [
    { flags: "[capability]", description: "such as base-h100_pcie" },
    { flags: "[wish]", description: "yes, no, or auto: as configuration and upstreams have it" },
  ],
  options: ADMIN_OPTIONS,
  examples: [
    "neurond proxy capacity",
    "neurond proxy capacity base-h100_pcie no",
    "neurond proxy capacity base-h100_pcie auto",
  ],
  schema: async () => (await import("./schemas.ts")).CapacityShape,
  run: async (call) => {
    const { CapacityShape } = await import("./schemas.ts");
    const [name, wish] = call.args;
    if (name !== undefined && !["yes", "no", "auto"].includes(wish ?? ""))
      throw new CodedError<UsageCode>("USAGE", "say yes, no or auto behind the capability");
    const api = await AdminApi.of(call);
    if (name === undefined) return api.ask(CapacityShape, { path: "/v1/capacity" });
    const path = `/v1/capacity/${encodeURIComponent(name)}`;
    return wish === "auto"
      ? api.ask(CapacityShape, { method: "DELETE", path })
      : api.ask(CapacityShape, { method: "PUT", path, body: { can: wish === "yes" } });
  },
  human: ({ flags, overrides }, view) =>
    view.table(
      ["capability", "can", "said by hand"].map((title) => ({ title })),
      Object.entries(flags).map(([name, can]) => [
        name,
        can ? "yes" : "no",
        name in overrides ? "yes" : "",
      ]),
    ),
});
