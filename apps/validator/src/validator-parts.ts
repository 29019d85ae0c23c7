import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import type { Logger } from "@neurond/runtime";
import type { Database } from "@neurond/store";
import type { Config } from "./config.ts";
import type { SignScores } from "./validator.ts";
import type { WorkloadEntry } from "./workload-entry.ts";
import type { WorkloadDeps } from "./workloads.ts";

/** What a validator is put together from. */
export interface ValidatorParts {
  readonly config: Config;
  readonly signer: Keypair;
  readonly chain: Chain;
  readonly database: Database;
  readonly log: Logger;
  /** Signs the scores of a run; with the validator's hotkey unless given. */
  readonly signScores?: SignScores;
  /** What is paid for; the list of `workloads.ts` unless given. */
  readonly workloads?: (deps: WorkloadDeps) => readonly WorkloadEntry[];
  readonly now?: () => number;
  /** Where event log and kept state lie; where the configuration says unless given. */
  readonly stateDirectory?: string;
}
