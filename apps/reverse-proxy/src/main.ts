import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openHotkey } from "@neurond/chain/wallet";
import { announceReady, createLogger, runService } from "@neurond/runtime";
import { connectRedis } from "@neurond/store/redis";
import { chainReader } from "./chain-reader.ts";
import { readCommandLine, USAGE } from "./command-line.ts";
import { loadSettings } from "./config/load.ts";
import { maskedConfig } from "./config/masked.ts";
import { followReloads } from "./follow-reloads.ts";
import { postJson } from "./post-json.ts";
import { startProxy } from "./proxy.ts";
import { textLog } from "./text-log.ts";

/** Redis answers within this, or counts as gone: requests wait for it. */
const REDIS_MS = 250;
/** Longer than the longest `server.drainSec`. */
const DRAIN_LIMIT_MS = 615_000;

const asked = readCommandLine(process.argv.slice(2));
if (asked.kind !== "run") {
  process.stdout.write(`${asked.kind === "help" ? USAGE : asked.problem}\n`);
  process.exit(asked.kind === "help" ? 0 : 2);
}

const first = createLogger("reverse-proxy");
const load = () =>
  loadSettings({
    path: asked.path,
    overrides: asked.overrides,
    environment: process.env,
    directory: process.cwd(),
    home: join(dirname(fileURLToPath(import.meta.url)), ".."),
    onUnknown: ({ path, meant }) => {
      if (!asked.checkOnly) {
        first.warn({ setting: path, ...(meant && { meant }) }, "setting unknown, left out");
        return;
      }
      const hint = meant ? `; is ${meant} meant?` : "";
      process.stderr.write(`${path}: no such setting${hint}\n`);
    },
  });

await runService(
  async (resources, signal) => {
    const { settings, file } = load();
    const { config } = settings;
    if (asked.checkOnly) {
      process.stdout.write(`${JSON.stringify(maskedConfig(config), null, 2)}\n`);
      return;
    }
    const log =
      config.server.logFormat === "text"
        ? createLogger(
            "reverse-proxy",
            config.server.log_level,
            textLog((line) => process.stdout.write(line)),
          )
        : first;
    log.level = config.server.log_level;
    log.info({ file, config: maskedConfig(config) }, "effective configuration");
    if (config.auth.open) log.warn({}, "anybody with a key may call: auth.open is set");

    const url = config.redis.url?.reveal();
    const onAbsent = (error: unknown) =>
      log.error({ error, until: config.redis.onOutage }, "redis is not there yet");
    const redis = url
      ? resources.use(await connectRedis({ url, commandMs: REDIS_MS, onAbsent, signal }))
      : null;
    if (!redis) log.info({}, "no redis: nonces and limits are those of this process alone");
    const signsReceipts = config.receipts.directory !== undefined && config.receipts.sign;
    const signer =
      signsReceipts || config.auth.signAnswers
        ? await openHotkey(config.wallet, process.env, ({ message }) =>
            log.warn({ message }, "wallet"),
          )
        : null;
    if (signer) resources.defer(() => signer.wipe());
    const chain = resources.use(chainReader(config.auth.chain_endpoint, process.env));
    const proxy = resources.use(
      await startProxy({
        settings,
        redis,
        signer,
        readSubnet: chain.read,
        post: postJson(config.egress, log),
        version: packageVersion(),
        log,
        load: () => load().settings,
      }),
    );
    const { metricsUrl: metrics, adminUrl: admin, extAuthUrl: extAuth } = proxy;
    log.info({ url: proxy.url, metrics, admin, extAuth }, "serving");
    announceReady();
    await Promise.all([proxy.run(signal), followReloads({ proxy, load, file, log }, signal)]);
    await proxy.drain();
  },
  { log: first, releaseMs: DRAIN_LIMIT_MS },
);

function packageVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
