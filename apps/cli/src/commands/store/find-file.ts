import { CodedError, type Hex, isCoded } from "@neurond/primitives";
import { ValidatorNetwork } from "@neurond/storage-client";
import type { Manifest } from "@neurond/workload-storage";
import type { Call } from "../../call.ts";
import type { StoreCommandCode } from "./errors.ts";
import { findValidator, findValidators, noValidator } from "./find-validator.ts";
import type { HashEntry } from "./hash-entries.ts";
import { hashFileOf } from "./hash-file.ts";
import type { LocalFile } from "./local-files.ts";
import { nameOf } from "./open-key.ts";
import type { BoxKey, Signatory } from "./owner.ts";
import { localFilesOf } from "./store-options.ts";

/** A file, and whom to ask for it. */
export interface FoundFile {
  readonly manifest: Manifest;
  readonly network: ValidatorNetwork;
  /** The file name that the wallet's hash file gives it, if it does. */
  readonly remembered: string | null;
}

/**
 * The file somebody names: by the wallet's hash file, by the records here, else by its id with the
 * validators of the subnet, one after the other.
 */
export async function findFile(
  call: Call,
  wanted: string,
  { key }: Signatory,
  box: BoxKey,
): Promise<FoundFile> {
  const entry = await rememberedAs(call, wanted);
  const id = entry?.id ?? wanted;
  const remembered = entry?.name ?? null;
  const { files } = await localFilesOf(call).all();
  const local = files.find(({ manifest }) => manifest.id === id || nameOf(manifest, box) === id);
  if (local !== undefined) {
    const isNamed = call.given("validator") !== undefined;
    if (!isNamed) return { manifest: local.manifest, network: networkOf(local, key), remembered };
    const { hotkey: validator, url } = (await findValidator(call, key, "retrieve")).network;
    const network = networkOf({ ...local, validator, url: url.href }, key);
    return { manifest: local.manifest, network, remembered };
  }
  if (!isFileId(id)) throw unknown(wanted);
  return { ...(await askAll(call, id, key)), remembered };
}

/** What the wallet's hash file says of a name or id. */
export async function rememberedAs(call: Call, wanted: string): Promise<HashEntry | null> {
  const entries = (await hashFileOf(call)?.entries()) ?? [];
  const found = entries.find(({ name }) => name === wanted);
  return found ?? entries.find(({ id }) => id === wanted) ?? null;
}

async function askAll(
  call: Call,
  id: Hex,
  key: Signatory["key"],
): Promise<Omit<FoundFile, "remembered">> {
  let refusal: unknown = noValidator();
  for await (const { network } of findValidators(call, key, "retrieve")) {
    try {
      return { manifest: await network.manifest(id, call.signal), network };
    } catch (error) {
      if (!isCoded(error, "VALIDATOR_REFUSED", "VALIDATOR_UNREACHABLE")) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** Whoever a record says to ask. */
export function networkOf(
  { url, validator, grant }: LocalFile,
  key: Signatory["key"],
): ValidatorNetwork {
  const where = { url: new URL(url), hotkey: validator, key };
  return new ValidatorNetwork(grant === undefined ? where : { ...where, grant });
}

/** Whether a text is the id of a file. */
export function isFileId(text: string): text is Hex {
  return /^0x[0-9a-f]{64}$/.test(text);
}

function unknown(name: string): CodedError<StoreCommandCode> {
  const message = `no record here has the name ${name}; give the file's id, or --directory`;
  return new CodedError("FILE_UNKNOWN", message, { name });
}
