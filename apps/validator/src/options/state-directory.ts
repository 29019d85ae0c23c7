import { join } from "node:path";
import { expandHome } from "@neurond/chain/wallet";
import type { Environment } from "@neurond/runtime";
import type { Config } from "../config.ts";

/**
 * Where event log and state lie: where an option says, or as people know it from the options,
 * `{logging_dir}/{wallet}/{hotkey}/netuid{N}/{name}`, or else where the configuration says.
 */
export function stateDirectoryOf(
  config: Config,
  { given, byOptions }: { readonly given: ReadonlySet<string>; readonly byOptions: boolean },
  environment: Environment,
): string {
  const chosen = config["neuron.state_path"];
  if (chosen !== undefined) return expandHome(chosen, environment);
  const isNamed = byOptions || given.has("logging.logging_dir") || given.has("neuron.name");
  if (!isNamed) return config.jobs.directory;
  const { name = "default", hotkey = "default" } = config.wallet;
  const root = expandHome(config["logging.logging_dir"], environment);
  return join(root, name, hotkey, `netuid${config.netuid}`, config["neuron.name"]);
}
