import { readFileSync } from "node:fs";
import { connectChain, connectOptions } from "@neurond/chain";
import { openHotkey } from "@neurond/chain/wallet";
import { announceReady, createLogger, loadConfig, runService } from "@neurond/runtime";
import { Config, PREFIX } from "./config.ts";
import { startMiner } from "./miner.ts";
import { openShards } from "./storage/open-shards.ts";

const log = createLogger("miner");
const environment = process.env;

await runService(
  async (resources, signal) => {
    const file = process.argv[2] ?? environment[`${PREFIX}_CONFIG`];
    const config = loadConfig(Config, { prefix: PREFIX, environment, file });
    log.level = config.log.level;
    log.info({ config }, "effective configuration");

    const signer = await openHotkey(config.wallet, environment, ({ message }) =>
      log.warn({ message }, "wallet"),
    );
    resources.defer(() => signer.wipe());

    const shards = await openShards(config.storage, resources);
    const { damaged, unfinished, orphans } = shards.recovered;
    log.info({ shards: shards.list().length, unfinished, orphans }, "shards opened");
    if (damaged.length > 0) log.error({ damaged }, "shards are damaged");

    const options = connectOptions(config.chain, environment);
    const chain = resources.use(await connectChain(options, signal));

    const miner = resources.use(
      await startMiner({ config, chain, signer, shards, version: packageVersion(), log }),
    );
    log.info({ url: miner.url }, "serving");
    if (config.axon.announce && config.axon.externalIp === undefined) {
      log.warn({}, "axon not announced: validators cannot find us; set axon.externalIp");
    }
    announceReady();
    await miner.follow(signal);
  },
  { log },
);

function packageVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
