import { CodedError, type Hex, isCoded } from "@neurond/primitives";
import { ValidatorNetwork } from "@neurond/storage-client";
import { type Manifest, openFile } from "@neurond/workload-storage";
import type { Call } from "../../call.ts";
import type { StoreCommandCode } from "./errors.ts";
import { findValidator } from "./find-validator.ts";
import type { LocalFile } from "./local-files.ts";
import type { BoxKey, Signatory } from "./owner.ts";
import { localFilesOf } from "./store-options.ts";

/** A file, and the validator to ask for it. */
export interface FoundFile {
  readonly manifest: Manifest;
  readonly network: ValidatorNetwork;
}

/** The file a call names: among the records here by id or name, else with the validator by id. */
export async function findFile(call: Call, { key }: Signatory, box: BoxKey): Promise<FoundFile> {
  const [wanted = ""] = call.args;
  const { files } = await localFilesOf(call).all();
  const local = files.find(
    ({ manifest }) => manifest.id === wanted || nameOf(manifest, box) === wanted,
  );
  if (local !== undefined && call.given("validator") === undefined) {
    return { manifest: local.manifest, network: networkOf(local, key) };
  }
  if (local === undefined && !isFileId(wanted)) throw unknown(wanted);
  const { network } = await findValidator(call, key);
  if (local !== undefined) return { manifest: local.manifest, network };
  return { manifest: await network.manifest(wanted as Hex, call.signal), network };
}

/** The name of a file, as far as this key opens it. */
export function nameOf(manifest: Manifest, box: BoxKey): string | null {
  try {
    return openFile(manifest, box.bytes).name;
  } catch (error) {
    if (isCoded(error, "KEY_INVALID")) return null;
    throw error;
  }
}

function networkOf({ url, validator }: LocalFile, key: Signatory["key"]): ValidatorNetwork {
  return new ValidatorNetwork({ url: new URL(url), hotkey: validator, key });
}

function isFileId(text: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(text);
}

function unknown(name: string): CodedError<StoreCommandCode> {
  const message = `no record here has the name ${name}; give the file's id, or --directory`;
  return new CodedError("FILE_UNKNOWN", message, { name });
}
