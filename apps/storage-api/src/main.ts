import { readFileSync } from "node:fs";
import { openHotkey } from "@neurond/chain/wallet";
import { announceReady, createLogger, loadConfig, runService } from "@neurond/runtime";
import { openDatabase } from "@neurond/store";
import { Config, PREFIX } from "./config.ts";
import { databaseOf } from "./database-of.ts";
import { openNetwork } from "./network/node-network.ts";
import { startStorageApi } from "./storage-api.ts";
import { DirectoryVault } from "./vault/directory-vault.ts";
import { NetworkVault } from "./vault/network-vault.ts";

const log = createLogger("storage-api");
const environment = process.env;

await runService(
  async (resources, signal) => {
    const file = process.argv[2] ?? environment[`${PREFIX}_CONFIG`];
    const config = loadConfig(Config, { prefix: PREFIX, environment, file });
    log.level = config.log.level;
    log.info({ config }, "effective configuration");
    const { whitelist, openAccess } = config.access;
    if (whitelist.length === 0 && !openAccess) {
      log.warn(
        {},
        "nobody may store by signed requests: set access.whitelist or access.openAccess",
      );
    }

    const signer = await openHotkey(config.wallet, environment, ({ message }) =>
      log.warn({ message }, "wallet"),
    );
    resources.defer(() => signer.wipe());
    const database = resources.use(await openDatabase({ ...databaseOf(config), signal }));
    const network =
      config.vault.kind === "network"
        ? resources.use(openNetwork({ config, signer, database }))
        : undefined;
    const { rs } = config.vault;
    const graceMs = config.cleaning.graceSeconds * 1000;
    const vault = network
      ? new NetworkVault({ ...network, ...(rs && { rs }), graceMs, now: Date.now })
      : await DirectoryVault.open(config.vault);
    const version = packageVersion();
    const found = () => vault.found();
    const parts = { config, signer, database, vault, found, version, log };
    const api = resources.use(await startStorageApi({ ...parts, ...(network && { network }) }));
    log.info({ url: api.http.url, gateway: api.gateway?.url }, "serving");
    announceReady();
    await api.run(signal);
  },
  { log, releaseMs: 20_000 },
);

function packageVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
