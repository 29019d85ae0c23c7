import { CodedError, type Hex } from "@neurond/primitives";
import { newestOf, ValidatorNetwork } from "@neurond/storage-client";
import type { Manifest } from "@neurond/workload-storage/file";
import type { Call } from "../../call.ts";
import type { StoreCommandCode } from "./errors.ts";
import { answeringValidators, findValidator, noValidator } from "./find-validator.ts";
import type { HashEntry } from "./hash-entries.ts";
import { hashFileOf } from "./hash-file.ts";
import type { Keeper, LocalFile } from "./local-files.ts";
import { nameOf } from "./open-key.ts";
import { otherValidators } from "./other-validators.ts";
import type { BoxKey, Signatory } from "./owner.ts";
import { localFilesOf } from "./store-options.ts";

/** A file, and whom to ask for it. */
export interface FoundFile {
  readonly manifest: Manifest;
  /** It was stored through this one, or, where that is not known here, this one has its newest record. */
  readonly network: ValidatorNetwork;
  /** Whether it is known here that it was stored through that one. */
  readonly isHome: boolean;
  /** Others that are known here to keep its record, or likely to. */
  readonly keepers: readonly ValidatorNetwork[];
  /** Whom else to ask for what is in it; looked for on the chain where nobody is known. */
  readonly others: () => Promise<readonly ValidatorNetwork[]>;
  /** The file name that the wallet's hash file gives it, if it does. */
  readonly remembered: string | null;
}

/**
 * The file somebody names: by the wallet's hash file, by the records here, else by its id with the
 * validators of the subnet.
 */
export async function findFile(
  call: Call,
  wanted: string,
  signatory: Signatory,
  box: BoxKey,
): Promise<FoundFile> {
  const { key } = signatory;
  const entry = await rememberedAs(call, wanted);
  const id = entry?.id ?? wanted;
  const remembered = entry?.name ?? null;
  const { files } = await localFilesOf(call).all();
  const local = files.find(({ manifest }) => manifest.id === id || nameOf(manifest, box) === id);
  if (local !== undefined) {
    const isNamed = call.given("validator") !== undefined;
    const found = { manifest: local.manifest, isHome: true, remembered };
    if (!isNamed) {
      const at = ({ hotkey: validator, url }: Keeper) =>
        networkOf({ ...local, validator, url: url.href }, key);
      const keepers = (local.keepers ?? []).map(at);
      const others = async () => {
        if (keepers.length > 0) return keepers;
        return (await otherValidators(call, key, local.validator)).map(at);
      };
      return { ...found, network: networkOf(local, key), keepers, others };
    }
    const { hotkey: validator, url } = (await findValidator(call, key, "retrieve")).network;
    const network = networkOf({ ...local, validator, url: url.href }, key);
    return { ...found, network, keepers: [], others: async () => [] };
  }
  if (!isFileId(id)) throw unknown(wanted);
  return { ...(await askAll(call, id, signatory)), remembered };
}

/** What the wallet's hash file says of a name or id. */
export async function rememberedAs(call: Call, wanted: string): Promise<HashEntry | null> {
  const entries = (await hashFileOf(call)?.entries()) ?? [];
  const found = entries.find(({ name }) => name === wanted);
  return found ?? entries.find(({ id }) => id === wanted) ?? null;
}

/** The newest record that validators have of a file; a caller's own before one that others say is theirs. */
async function askAll(
  call: Call,
  id: Hex,
  { key, hotkey }: Signatory,
): Promise<Omit<FoundFile, "remembered">> {
  const networks = await answeringValidators(call, key, "retrieve");
  if (networks.length === 0) throw noValidator();
  const { signal } = call;
  const found =
    (await newestOf(networks, id, signal, ({ owner }) => owner === hotkey)) ??
    (await newestOf(networks, id, signal));
  if (found === null) throw unknown(id);
  const isHome = networks.length === 1;
  return { ...found, isHome, keepers: networks, others: async () => networks };
}

/** The validator that a file was stored through, among those that answer; only there it can be changed. */
export async function homeOf(file: FoundFile, signal: AbortSignal): Promise<ValidatorNetwork> {
  if (file.isHome) return file.network;
  const { id } = file.manifest;
  const networks = await file.others();
  const asked = await Promise.allSettled(networks.map((network) => network.health(id, signal)));
  signal.throwIfAborted();
  const home = networks.find((_, at) => asked[at]?.status === "fulfilled");
  if (home !== undefined) return home;
  throw new CodedError<StoreCommandCode>(
    "VALIDATOR_MISSING",
    "the validator that the file was stored through does not answer: it can be read, not changed",
    { id },
  );
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
  const message = isFileId(name)
    ? `no validator that answers has a record of ${name} for this hotkey`
    : `no record here has the name ${name}; give the file's id, or --directory`;
  return new CodedError("FILE_UNKNOWN", message, { name });
}
