import { readFileSync } from "node:fs";
import { connectChain, connectOptions } from "@neurond/chain";
import { openHotkey } from "@neurond/chain/wallet";
import { CodedError } from "@neurond/primitives";
import { announceReady, createLogger, type RuntimeCode, runService } from "@neurond/runtime";
import { MINER_OPTIONS } from "@neurond/storage-rules";
import { readProcessLine } from "@neurond/storage-rules/io";
import type { Config } from "./config.ts";
import { startMiner } from "./miner.ts";
import { notesOn } from "./options/notes.ts";
import { readConfig } from "./options/read-config.ts";
import { openShards } from "./storage/open-shards.ts";

const log = createLogger("miner");
const environment = process.env;
const line = readProcessLine("miner [configuration.yaml]", MINER_OPTIONS);
if (line === null) process.exit();

await runService(
  async (resources, signal) => {
    const { config, given, directory: stateDirectory } = readConfig(line, environment);
    refuseTrials(config);
    log.level = config.log.level;
    log.info({ config }, "effective configuration");
    for (const [option, note] of notesOn(config, given)) log.warn({ option, note }, "option");

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

    const version = packageVersion();
    const miner = resources.use(
      await startMiner({ config, chain, signer, shards, version, log, stateDirectory }),
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

/** What upstream tries by itself is done with everything around it by another command here. */
function refuseTrials(config: Config): void {
  const name = (["miner.mock_subtensor", "test"] as const).find((option) => config[option]);
  if (name === undefined) return;
  const text = `--${name}: use \`neurond localnet\`, which runs a chain, miners that store and prove, and validators`;
  throw new CodedError<RuntimeCode>("CONFIG_INVALID", text, { name });
}

function packageVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
