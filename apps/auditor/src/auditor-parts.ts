import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import type { Logger } from "@neurond/runtime";
import type { Config } from "./config.ts";

/** What an auditor is made of. */
export interface AuditorParts {
  readonly config: Config;
  readonly chain: Chain;
  readonly signer: Keypair | null;
  /** Signs weights from audited exports; null or absent: none are set. */
  readonly weightsSigner?: Keypair | null;
  readonly log: Logger;
  /** Whether entries of exports that were put aside are tried once more. */
  readonly recovers?: boolean;
}
