import { CodedError } from "@neurond/primitives";
import { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { UsageCode } from "../../../failures.ts";
import { ADMIN_OPTIONS, AdminApi } from "./admin-api.ts";
import type { BanShape, BansShape, UnbannedShape } from "./schemas.ts";

type Ban = z.infer<typeof BanShape>;

const KEY = {
  flags: "<key>",
  description: "ss58 of a hotkey, or of a coldkey for all its hotkeys",
};
const pathOf = (key: string | undefined) => `/v1/bans/${encodeURIComponent(key ?? "")}`;
const until = ({ untilMs }: Ban) =>
  untilMs === null ? "it is lifted" : new Date(untilMs).toISOString();

/** `neurond proxy ban` */
export const proxyBan = defineAction<Ban>({
  name: "ban",
  summary: "let a hotkey call no more, from its next request on",
  options: [
    {
      flags: "--for <duration>",
      description: "such as 90s, 30m, 12h or 7d (default: until lifted)",
    },
    { flags: "--reason <text>", description: "for whoever reads the list" },
    ...ADMIN_OPTIONS,
  ],
  args: [KEY],
  examples: [
    'neurond proxy ban 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --for 12h --reason "floods us"',
  ],
  schema: async () => (await import("./schemas.ts")).BanShape,
  run: async (call) => {
    const { BanShape } = await import("./schemas.ts");
    const forSec = secondsOf(call.given("for"));
    const body = { reason: call.given("reason") ?? "", forSec };
    const api = await AdminApi.of(call);
    return api.ask(BanShape, { method: "PUT", path: pathOf(call.args[0]), body });
  },
  human: (ban, view) =>
    view.pairs([
      ["banned", ban.key],
      ["until", until(ban)],
      ["reason", ban.reason === "" ? undefined : ban.reason],
    ]),
});

/** `neurond proxy unban` */
export const proxyUnban = defineAction<z.infer<typeof UnbannedShape>>({
  name: "unban",
  summary: "lift a ban",
  args: [KEY],
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy unban 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
  schema: async () => (await import("./schemas.ts")).UnbannedShape,
  run: async (call) => {
    const [key = ""] = call.args;
    const api = await AdminApi.of(call);
    await api.ask(z.object({}), { method: "DELETE", path: pathOf(key) });
    return { key };
  },
  human: ({ key }) => `${key} may call again, if the rules let it`,
});

/** `neurond proxy bans` */
export const proxyBans = defineAction<z.infer<typeof BansShape>>({
  name: "bans",
  summary: "who is banned, why and until when",
  options: ADMIN_OPTIONS,
  examples: ["neurond proxy bans"],
  schema: async () => (await import("./schemas.ts")).BansShape,
  run: async (call) => {
    const { BansShape } = await import("./schemas.ts");
    return (await AdminApi.of(call)).ask(BansShape, { path: "/v1/bans" });
  },
  human: ({ bans }, view) =>
    bans.length === 0
      ? "nobody is banned"
      : view.table(
          ["key", "since", "until", "reason"].map((title) => ({ title })),
          bans.map((ban) => [ban.key, new Date(ban.sinceMs).toISOString(), until(ban), ban.reason]),
        ),
});

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, count = "", unit = ""] = /^([1-9]\d{0,7})([smhd])$/.exec(text) ?? [];
  if (count !== "") return Number(count) * UNITS[unit as keyof typeof UNITS];
  throw new CodedError<UsageCode>("USAGE", `--for ${text}: write it like 90s, 30m, 12h or 7d`);
}
