import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { View } from "../../../output.ts";
import { ADMIN_OPTIONS, AdminApi } from "./admin-api.ts";
import type { StatusShape } from "./schemas.ts";
import { upstreamTable } from "./upstream-table.ts";

type Status = z.infer<typeof StatusShape>;

const schema = async () => (await import("./schemas.ts")).StatusShape;
const human = ({ version, state, upstreams, capacity }: Status, view: View): string => {
  const able = Object.entries(capacity.flags).map(([name, can]) => `${can ? "" : "no "}${name}`);
  const pairs = [["version", version] as const, ["state", state] as const];
  const said = view.pairs([...pairs, ["capacity", able.join(", ")]]);
  return `${said}\n\n${upstreamTable(upstreams, view)}`;
};

/** `neurond proxy status` */
export const proxyStatus = defineAction<Status>({
  name: "status",
  summary: "what a running reverse proxy does just now",
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy status", "neurond proxy status --admin 127.0.0.1:9092 --json"],
  schema,
  run: async (call) => (await AdminApi.of(call)).ask(await schema(), { path: "/v1/status" }),
  human,
});

/** `neurond proxy drain` */
export const proxyDrain = defineAction<Status>({
  name: "drain",
  summary: "let nothing new through to backends, and say that we can do nothing",
  description:
    "What is under way finishes; /status, /check and /capacity still answer. It lasts until --undo, or until the proxy is restarted.",
  options: [{ flags: "--undo", description: "take requests again" }, ...ADMIN_OPTIONS],
  examples: ["neurond proxy drain", "neurond proxy drain --undo"],
  schema,
  run: async (call) => {
    const path = call.on("undo") ? "/v1/undrain" : "/v1/drain";
    return (await AdminApi.of(call)).ask(await schema(), { method: "POST", path });
  },
  human,
});
