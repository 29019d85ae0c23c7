import type { Keypair } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { RuntimeCode } from "@neurond/runtime";
import { Custody, type Database, VaultFiles } from "@neurond/store";
import type { Config } from "../config.ts";
import { NodeFiles } from "./node-files.ts";
import { Validators } from "./validators.ts";

/** What a node on the miners' network works with. */
export interface NodeNetwork extends Disposable {
  readonly stored: VaultFiles;
  readonly custody: Custody;
  readonly files: NodeFiles;
  readonly validators: Validators;
}

/** The network as settings say it; nothing is asked yet. @throws CodedError CONFIG_INVALID */
export function openNetwork({
  config,
  signer,
  database,
}: {
  readonly config: Pick<Config, "vault" | "netuid">;
  readonly signer: Keypair;
  readonly database: Database;
}): NodeNetwork {
  const urls = config.vault.validators;
  if (urls.length === 0) {
    throw new CodedError<RuntimeCode>(
      "CONFIG_INVALID",
      "vault.kind is network: name at least one validator in vault.validators",
    );
  }
  const stored = new VaultFiles(database.kysely);
  const validators = new Validators({ urls, netuid: config.netuid, key: signer });
  const custody = new Custody(database.kysely);
  const files = new NodeFiles({ signer, files: stored, custody, validators });
  return { stored, custody, files, validators, [Symbol.dispose]: () => files[Symbol.dispose]() };
}
