import { connectChain, connectOptions } from "@neurond/chain";
import { openHotkey } from "@neurond/chain/wallet";
import { hotkeyOf } from "@neurond/primitives";
import { createLogger, type Environment, loadConfig, runService } from "@neurond/runtime";
import { openDatabase, withWriter } from "@neurond/store";
import { Config, PREFIX } from "./config.ts";
import { startValidator } from "./start-validator.ts";
import type { ValidatorParts } from "./validator-parts.ts";

/** Where a validator process takes its settings from, and what it does its own way. */
export interface ServiceOptions extends Pick<ValidatorParts, "signScores" | "workloads"> {
  readonly environment: Environment;
  /** YAML file; defaults and environment only when absent. */
  readonly file?: string | undefined;
}

/** The whole life of a validator process: acquired in order, released in reverse. */
export async function validatorService(options: ServiceOptions): Promise<void> {
  const { environment, file } = options;
  const source = { prefix: PREFIX, environment, file };
  const log = createLogger("validator");
  await runService(
    async (resources, signal) => {
      const config = loadConfig(Config, source);
      log.level = config.log.level;
      log.info({ config }, "effective configuration");
      const signer = await openHotkey(config.wallet, environment, ({ message }) =>
        log.warn({ message }, "wallet"),
      );
      const database = resources.use(await openDatabase({ ...databaseOf(config), signal }));
      const chain = resources.use(
        await connectChain(connectOptions(config.chain, environment), signal),
      );
      const name = `validator ${hotkeyOf(signer.publicKey)}`;
      const onWait = () => log.warn({ name }, "another process is this validator; waiting");
      await withWriter(
        database,
        name,
        async (writing) => {
          const parts = { ...options, config, signer, database, chain, log };
          await using validator = await startValidator(parts);
          await validator.run(writing);
        },
        { signal, onWait },
      );
    },
    { log },
  );
}

function databaseOf({ database }: Config) {
  const { url, directory, schema } = database;
  return { url: url?.reveal(), directory, schema };
}
