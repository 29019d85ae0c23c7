import { CodedError, type Hex, type Hotkey, isCoded } from "@neurond/primitives";
import type { Custody, CustodyLimits, HeldFile } from "@neurond/store";
import { custodianOf, type Manifest } from "@neurond/workload-storage/file";
import type { StorageApiCode } from "../errors.ts";
import type { NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";

export interface CustodianDeps {
  readonly files: NodeFiles;
  readonly custody: Custody;
  readonly validators: Validators;
  readonly limits: CustodyLimits;
  readonly now: () => number;
}

/**
 * Takes on files of others, to repair them from then on. Naming us in a manifest obliges us to nothing:
 * the owner asks, and what we take is bounded. All that is needed later is in the manifest, the seal
 * secret boxed for our hotkey; we never have the key of the content.
 */
export class Custodian {
  readonly #deps: CustodianDeps;

  constructor(deps: CustodianDeps) {
    this.#deps = deps;
  }

  /** What owners must know before they ask. */
  async offer() {
    const { files, custody, limits } = this.#deps;
    const held = await custody.standing();
    return {
      key: files.custodyKey,
      free_files: Math.max(0, limits.files - held.files),
      free_bytes: Math.max(0, limits.bytes - held.bytes),
      max_files_of_owner: limits.filesOfOwner,
    };
  }

  /** Takes a file of the caller on; once more is no error. @throws CodedError CUSTODY_REFUSED, CUSTODY_FULL */
  async take(
    caller: Hotkey,
    { fileId, validator }: Pick<HeldFile, "fileId" | "validator">,
    signal: AbortSignal,
  ): Promise<HeldFile> {
    const { files, custody, validators, limits, now } = this.#deps;
    const manifest = await files.manifestOf({ fileId, validator }, signal);
    if (manifest === null || manifest.owner !== caller) {
      throw refused("its validator keeps no manifest of it in which the caller names this node");
    }
    this.#check(manifest);
    const file = {
      ...{ fileId, owner: caller, validator, bytes: manifest.size },
      ...{ expiresBlock: manifest.expires, takenMs: now() },
    };
    if (!(await custody.take(file, limits))) throw full(fileId);
    await validators.copy(manifest, validator, signal);
    return file;
  }

  /** Gives a file back to its owner. @throws CodedError FILE_MISSING */
  async release(caller: Hotkey, fileId: Hex): Promise<void> {
    const { custody } = this.#deps;
    if ((await custody.get(fileId))?.owner !== caller) {
      throw new CodedError<StorageApiCode>("FILE_MISSING", "no file of the caller is held here");
    }
    await custody.release(fileId);
  }

  #check(manifest: Manifest): void {
    const { files } = this.#deps;
    if (manifest.owner === files.owner) throw refused("it is the node's own");
    if (custodianOf(manifest) !== files.owner) throw refused("its owner names another custodian");
    try {
      files.sealSecretOf(manifest).fill(0);
    } catch (error) {
      if (!isCoded(error, "KEY_INVALID")) throw error;
      throw refused("its seal secret is not boxed for this node");
    }
  }
}

const refused = (reason: string) =>
  new CodedError<StorageApiCode>("CUSTODY_REFUSED", `the file is not taken on: ${reason}`);

const full = (fileId: Hex) =>
  new CodedError<StorageApiCode>(
    "CUSTODY_FULL",
    "the file is not taken on: this node repairs as many files or bytes as it may",
    { fileId },
  );
