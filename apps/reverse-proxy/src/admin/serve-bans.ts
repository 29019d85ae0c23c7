import { CodedError, readHotkey } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { Ban } from "./ban.ts";
import type { BanList } from "./ban-list.ts";
import type { AdminCode } from "./errors.ts";

const YEAR_SEC = 366 * 86_400;

const key = z
  .string()
  .max(64)
  .refine((text) => readHotkey(text) !== null, "no ss58 address of prefix 42");
const Wish = z.strictObject({
  reason: z.string().max(256).default(""),
  forSec: z.int().min(1).max(YEAR_SEC).nullable().default(null).describe("null: until lifted"),
});

/** Who may not call: list, ban, unban. */
export function serveBans(app: App, bans: BanList, now: () => number): void {
  app.get(
    "/v1/bans",
    { schema: { summary: "Bans that hold", response: { 200: z.object({ bans: z.array(Ban) }) } } },
    async () => ({ bans: [...bans.list()] }),
  );
  app.put(
    "/v1/bans/:key",
    {
      schema: {
        summary: "Ban a hotkey, or a coldkey with all its hotkeys, from the next request on",
        params: z.object({ key }),
        body: Wish,
        response: { 200: Ban },
      },
    },
    async ({ params, body }) => {
      const sinceMs = now();
      const untilMs = body.forSec === null ? null : sinceMs + body.forSec * 1000;
      const ban = { key: params.key, reason: body.reason, sinceMs, untilMs };
      await bans.ban(ban);
      return ban;
    },
  );
  app.delete(
    "/v1/bans/:key",
    { schema: { summary: "Lift a ban", params: z.object({ key }) } },
    async ({ params }, reply) => {
      if (await bans.unban(params.key)) return reply.status(204).send();
      throw new CodedError<AdminCode>("BAN_UNKNOWN", `${params.key} is not banned`);
    },
  );
}
