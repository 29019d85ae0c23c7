import { connectChain, connectOptions } from "@neurond/chain";
import {
  announceReady,
  createLogger,
  type Environment,
  loadConfig,
  runService,
} from "@neurond/runtime";
import { Config, PREFIX } from "./config.ts";
import { openSigner } from "./hotkey.ts";
import { startAuditor } from "./start.ts";

/** The whole life of an auditor process: acquired in order, released in reverse. */
export async function auditorService(options: {
  readonly environment: Environment;
  /** YAML file; defaults and environment only when absent. */
  readonly file?: string | undefined;
}): Promise<void> {
  const { environment, file } = options;
  const log = createLogger("auditor");
  await runService(
    async (resources, signal) => {
      const config = loadConfig(Config, { prefix: PREFIX, environment, file });
      log.level = config.log.level;
      log.info({ config }, "effective configuration");
      const signer = await openSigner(config.wallet, environment, ({ message }) =>
        log.warn({ message }, "wallet"),
      );
      resources.defer(() => signer?.wipe());
      const chain = resources.use(
        await connectChain(connectOptions(config.chain, environment), signal),
      );
      const auditor = resources.use(await startAuditor({ config, chain, signer, log }));
      log.info({ url: auditor.url, signed: signer !== null }, "serving");
      announceReady();
      await auditor.follow(signal);
    },
    { log },
  );
}
