import { secret } from "@neurond/runtime";
import { z } from "zod";
import { flag, hotkeys, tao, whole } from "./fields.ts";

const MIN_TOKEN = 16;

/** A shared secret that cannot be guessed; the example of the first proxy was `x`. */
export const token = (text: string) =>
  secret()
    .refine((value) => value.reveal().length >= MIN_TOKEN, {
      error: `too short: whoever guesses it changes what we say we can do; give at least ${MIN_TOKEN} characters, as \`openssl rand -hex 16\` prints, or leave it out`,
    })
    .optional()
    .describe(text);

/** Policies that can be watched before they are meant. */
const SHADOWABLE = ["ip-limit", "backoff", "authorise", "rate-limit", "validate-json"] as const;

/** The `auth` section: for whom requests must be signed, by whom, and how that is judged. */
export const AuthSection = z.strictObject({
  miner_hotkey: hotkeys()
    .refine((keys) => keys.length > 0, "name our own hotkey: requests must be signed for it")
    .describe("Our own hotkey, or several: requests must be signed for one of them")
    .meta({ env: "MINER_HOTKEY" }),
  allowed_delta_ms: whole(100, 600_000, 8000, "An Epistula request may be so old").meta({
    env: "ALLOWED_DELTA_MS",
  }),
  maxSkewMs: whole(0, 60_000, 2000, "And so far ahead of our clock"),
  cache_duration: whole(
    12,
    86_400,
    3600,
    "The view of the subnet is read anew after so many seconds, 1200 at most",
  ).meta({ env: "CACHE_DURATION" }),
  chain_endpoint: z
    .string()
    .min(1)
    .default("wss://entrypoint-finney.opentensor.ai:443")
    .describe("Where the subnet is read from: a websocket endpoint, or the name of a network")
    .meta({ env: "CHAIN_ENDPOINT" }),
  allowed_senders: hotkeys()
    .prefault([])
    .describe("Hotkeys that may call whatever the subnet says of them")
    .meta({ env: "ALLOWED_SENDERS" }),
  denied_senders: hotkeys()
    .prefault([])
    .describe("Hotkeys that may not call, whatever else holds")
    .meta({ env: "DENIED_SENDERS" }),
  open: flag(
    false,
    "Whether any key in the world may call; without it senders or a policy are needed",
  ).meta({ env: "AUTH_OPEN" }),
  self_debug_key: token("Secret of `POST /capacity`, which is not there without it").meta({
    env: "SELF_DEBUG_KEY",
    secret: true,
  }),
  schemes: z
    .array(z.enum(["btauth", "epistula"]))
    .min(1)
    .default(["btauth", "epistula"])
    .describe("Ways to sign that are accepted, where a route does not say"),
  acceptV1: flag(false, "Whether Epistula v1 is accepted: its body is parsed before it is proven"),
  lenientHex: flag(false, "Whether signatures may be written without 0x, or with 0X"),
  acceptWrappedBytes: flag(
    false,
    "Whether `<Bytes>` may stand around the message, as browser wallets sign",
  ),
  binding: z
    .enum(["ignored", "checked", "required"])
    .default("checked")
    .describe(
      "`Epistula-Binding`, which covers method and target: not read, checked when sent, demanded",
    ),
  emptyGetPaths: z
    .array(z.string().startsWith("/"))
    .default(["/capacity"])
    .describe("Paths where a GET without body may be signed as `{}`, which middleboxes drop"),
  upgradeHours: whole(
    0,
    8760,
    0,
    "Hours for which a hotkey seen with btauth may not go back to Epistula",
  ),
  intervalGate: flag(
    false,
    "Whether Epistula requests need a valid interval signature before their body is read",
  ),
  verifyWorkers: whole(0, 64, 1, "Threads that check signatures; 0 checks on the main one"),
  maxVerifyQueue: whole(1, 100_000, 1024, "Signatures that may wait to be checked; more get 503"),
  errorDialect: z
    .enum(["neurond", "dippy", "targon"])
    .default("neurond")
    .describe("Whose words refuse requests: tools of the field search for them"),
  opaqueErrors: flag(false, "Whether every 401 reads alike; the log says which check failed"),
  signAnswers: flag(
    false,
    "Whether the hotkey of `wallet` signs answers for callers who ask; it does where it signs receipts",
  ),
});

/** The `policy` section: who of the subnet may call, beside `auth.allowed_senders`. */
export const PolicySection = z.strictObject({
  netuid: z.int().min(0).max(4095).optional().describe("Subnet whose validators may call").meta({
    env: "NETUID",
  }),
  requirePermit: flag(true, "Whether a validator permit is needed"),
  minStake: tao("0", "Least stake that is needed, in TAO, or alpha where that counts").meta({
    env: "MIN_STAKE_REQUIRED",
  }),
  stakeKind: z.enum(["alpha", "total"]).default("alpha").describe("Which stake counts"),
  maxAgeSec: whole(
    12,
    86_400,
    1200,
    "A view of the subnet older than this admits nobody but `auth.allowed_senders`",
  ),
  dryRun: z
    .array(z.enum(SHADOWABLE))
    .default([])
    .describe("Policies that count what they would turn away, and let it by"),
});
