import { writeWhole } from "@neurond/files";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import { ADMIN_OPTIONS, AdminApi, tokenFileOf } from "./admin-api.ts";
import type { RefusalsShape, ReloadShape, TokenShape } from "./schemas.ts";

/** `neurond proxy token` */
export const proxyToken = defineAction<z.infer<typeof TokenShape>>({
  name: "token",
  summary: "replace the token of the admin plane; the old one is dead at once",
  description:
    "The new one is printed, and replaces the old one in --token-file where that is given. It holds after a restart too, until another admin.token is configured.",
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy token --token-file /etc/neurond/admin.token"],
  schema: async () => (await import("./schemas.ts")).TokenShape,
  run: async (call) => {
    const { TokenShape } = await import("./schemas.ts");
    const api = await AdminApi.of(call);
    const rotate = { method: "POST", path: "/v1/token/rotate" } as const;
    const { token } = await api.ask(TokenShape.pick({ token: true }), rotate);
    const file = tokenFileOf(call) ?? null;
    // Printed whatever becomes of the file: nobody else knows it.
    const isWritten = file !== null && (await isDone(writeWhole(file, `${token}\n`)));
    if (file !== null && !isWritten) call.note(`${file} could not be written: keep the token`);
    return { token, file: isWritten ? file : null };
  },
  human: ({ token, file }, view) =>
    view.pairs([
      ["token", token],
      ["written to", file ?? undefined],
    ]),
});

const isDone = (work: Promise<void>) =>
  work.then(
    () => true,
    () => false,
  );

/** `neurond proxy refusals` */
export const proxyRefusals = defineAction<z.infer<typeof RefusalsShape>>({
  name: "refusals",
  summary: "who was turned away most within the hour, and why",
  options: [{ flags: "--limit <number>", description: "how many (default: 20)" }, ...ADMIN_OPTIONS],
  examples: ["neurond proxy refusals --limit 5"],
  schema: async () => (await import("./schemas.ts")).RefusalsShape,
  run: async (call) => {
    const { RefusalsShape } = await import("./schemas.ts");
    const limit = call.integer("limit", { min: 1, max: 500 }) ?? 20;
    return (await AdminApi.of(call)).ask(RefusalsShape, { path: `/v1/refusals?limit=${limit}` });
  },
  human: ({ refusals }, view) =>
    view.table(
      [{ title: "caller" }, { title: "code" }, { title: "count", align: "right" }],
      refusals.map(({ caller, code, count }) => [caller, code, String(count)]),
    ),
});

/** `neurond proxy reload` */
export const proxyReload = defineAction<z.infer<typeof ReloadShape>>({
  name: "reload",
  summary: "read the configuration anew, as SIGHUP does, and hear what came of it",
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy reload"],
  schema: async () => (await import("./schemas.ts")).ReloadShape,
  run: async (call) => {
    const { ReloadShape } = await import("./schemas.ts");
    return (await AdminApi.of(call)).ask(ReloadShape, { method: "POST", path: "/v1/reload" });
  },
  human: ({ restart }) =>
    restart.length === 0
      ? "taken"
      : `taken; these take effect with a restart only: ${restart.join(", ")}`,
});
