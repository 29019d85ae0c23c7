import { connectChain, connectOptions } from "@neurond/chain";
import {
  announceReady,
  createLogger,
  type Environment,
  loadConfig,
  runService,
} from "@neurond/runtime";
import { Config, PREFIX } from "./config.ts";
import { adaptConfig, adaptEnvironment } from "./exports/adapt-config.ts";
import { openSigner } from "./hotkey.ts";
import { startAuditor } from "./start.ts";
import { openWeightsSigner } from "./weights/signer.ts";

/** The whole life of an auditor process: acquired in order, released in reverse. */
export async function auditorService(options: {
  readonly environment: Environment;
  /** YAML file; defaults and environment only when absent. */
  readonly file?: string | undefined;
  /** Tries entries of exports once more that were put aside. */
  readonly recovers?: boolean;
  /** Lets uncommitted feeds overrule committed reports, whatever the file says. */
  readonly reconciles?: boolean;
}): Promise<void> {
  const { file, recovers = false, reconciles = false } = options;
  const environment = adaptEnvironment(options.environment);
  const log = createLogger("auditor");
  await runService(
    async (resources, signal) => {
      const config = loadConfig(Config, {
        prefix: PREFIX,
        environment,
        file,
        adapt: adaptConfig,
        onUnknown: (unknown) => log.warn(unknown, "a key of the configuration means nothing here"),
        ...(reconciles && { overrides: { "reconcile.mode": "apply" } }),
      });
      log.level = config.log.level;
      log.info({ config }, "effective configuration");
      const signer = await openSigner(config.wallet, environment, ({ message }) =>
        log.warn({ message }, "wallet"),
      );
      resources.defer(() => signer?.wipe());
      const { wallet, set_weights: section } = config;
      const onWarning = ({ message }: { readonly message: string }) =>
        log.warn({ message }, "wallet");
      const weightsSigner = section.enabled
        ? await openWeightsSigner({ wallet, section, env: environment, onWarning })
        : null;
      resources.defer(() => weightsSigner?.wipe());
      const chain = resources.use(
        await connectChain(connectOptions(config.chain, environment), signal),
      );
      const auditor = resources.use(
        await startAuditor({ config, chain, signer, weightsSigner, log, recovers }, signal),
      );
      log.info({ url: auditor.url, signed: signer !== null }, "serving");
      announceReady();
      await auditor.follow(signal);
    },
    { log },
  );
}
