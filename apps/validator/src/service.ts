import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connectChain, connectOptions } from "@neurond/chain";
import { openHotkey } from "@neurond/chain/wallet";
import { CodedError, hotkeyOf } from "@neurond/primitives";
import { createLogger, type Environment, type RuntimeCode, runService } from "@neurond/runtime";
import { RotatingFile } from "@neurond/storage-rules/io";
import { openDatabase, withWriter } from "@neurond/store";
import type { Config } from "./config.ts";
import { notesOn } from "./options/notes.ts";
import { loggerOf, type ReadConfig, readConfig } from "./options/read-config.ts";
import { stateDirectoryOf } from "./options/state-directory.ts";
import { startValidator } from "./start-validator.ts";
import type { ValidatorParts } from "./validator-parts.ts";

/** Where a validator process takes its settings from, and what it does its own way. */
export interface ServiceOptions extends Pick<ValidatorParts, "signScores" | "workloads"> {
  readonly environment: Environment;
  /** YAML file; defaults and environment only when absent. */
  readonly file?: string | undefined;
  /** What the command line set; its options count before file and environment. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** The whole life of a validator process: acquired in order, released in reverse. */
export async function validatorService(options: ServiceOptions): Promise<void> {
  const { environment, file, overrides = {} } = options;
  const hasOptions = Object.keys(overrides).length > 0;
  const early = createLogger("validator");
  await runService(
    async (resources, signal) => {
      const read = readConfig({ file, overrides, hasOptions }, environment);
      const { config, given } = read;
      if (config["neuron.mock"]) throw noMock();
      const directory = stateDirectoryOf(config, read, environment);
      const log = loggerOf(config, await debugFile(read, directory, resources));
      log.info({ config }, "effective configuration");
      for (const [option, note] of notesOn(config, given)) log.warn({ option, note }, "option");
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
          await using validator = await startValidator({ ...parts, stateDirectory: directory });
          await validator.run(writing);
        },
        { signal, onWait },
      );
    },
    { log: early },
  );
}

/** With `--logging.debug` the log is written into the state directory as well. */
async function debugFile(
  { config, given, byOptions }: ReadConfig,
  directory: string,
  resources: AsyncDisposableStack,
) {
  const isDetailed = config.log.level === "debug" || config.log.level === "trace";
  const path = config["neuron.debug_logging_path"];
  if (!isDetailed || !(byOptions || given.has("neuron.debug_logging_path"))) return null;
  const inside = join(directory, path);
  await mkdir(inside, { recursive: true });
  const limits = { maxBytes: 100_000_000, keep: 5 };
  const file = await RotatingFile.open({ directory: inside, name: "validator", ...limits });
  resources.use(file);
  // A full disk must not end the validator: its log goes to the process's output as well.
  return { write: (line: string) => file.append(() => line.trimEnd()).catch(() => undefined) };
}

const noMock = () =>
  new CodedError<RuntimeCode>(
    "CONFIG_INVALID",
    "neuron.mock: a validator needs a chain; `neurond localnet` starts one with everything on it",
  );

function databaseOf({ database }: Config) {
  const { url, directory, schema } = database;
  return { url: url?.reveal(), directory, schema };
}
