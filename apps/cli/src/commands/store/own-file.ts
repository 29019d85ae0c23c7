import { CodedError, isCoded } from "@neurond/primitives";
import type { Manifest } from "@neurond/workload-storage/file";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { SharedOptionName } from "../../options.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import type { StoreCommandCode } from "./errors.ts";
import { type FoundFile, findFile, homeOf } from "./find-file.ts";
import { VALIDATOR_SHARED, validatorOptions } from "./find-validator.ts";
import { HASH_OPTION } from "./hash-file.ts";
import { openBoxKey, openSignatory, type Signatory } from "./owner.ts";
import { ACCEPTED_OPTIONS } from "./seed-options.ts";
import { DIRECTORY_OPTION } from "./store-options.ts";

/** Options of commands that change or look after a file of one's own. */
export const OWN_FILE_OPTIONS: readonly Parameter[] = [
  DIRECTORY_OPTION,
  HASH_OPTION,
  ...validatorOptions("retrieve"),
  ...ACCEPTED_OPTIONS,
];

/** Shared options of the same. */
export const OWN_FILE_SHARED = [
  ...SIGNER_OPTIONS,
  ...VALIDATOR_SHARED,
] as const satisfies readonly SharedOptionName[];

/** The argument that names the file. */
export const FILE_ARGUMENT: Parameter = {
  flags: "<file>",
  description: "id of the file, or its name when its record is here",
};

/** A file of the caller's own, with its keys open. */
export interface OwnFile extends FoundFile {
  readonly signatory: Signatory;
  /** See `ownerKey`. */
  readonly ownerKey: Uint8Array;
}

/** Opens the file a call names and works on it; keys are wiped after. @throws CodedError FILE_FOREIGN */
export async function withOwnFile<Value>(
  call: Call,
  work: (file: OwnFile) => Promise<Value>,
): Promise<Value> {
  const [wanted = ""] = call.args;
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const found = await findFile(call, wanted, signatory, box);
  if (found.manifest.owner !== signatory.hotkey) throw foreign(found.manifest);
  const network = await homeOf(found, call.signal);
  const keepers = found.keepers.filter(({ hotkey }) => hotkey !== network.hotkey);
  return await work({ ...found, network, keepers, signatory, ownerKey: box.bytes });
}

/** The manifest as the validator keeps it now, with what was repaired; ours where it keeps none. */
export async function latest(
  { manifest, network }: Pick<FoundFile, "manifest" | "network">,
  signal: AbortSignal,
) {
  try {
    const kept = await network.manifest(manifest.id, signal);
    return kept.owner === manifest.owner && kept.revision >= manifest.revision ? kept : manifest;
  } catch (error) {
    if (isCoded(error, "VALIDATOR_REFUSED")) return manifest;
    throw error;
  }
}

function foreign({ id, owner }: Manifest): CodedError<StoreCommandCode> {
  const message = `the file is ${owner}'s; only that hotkey can change who has it, and for how long`;
  return new CodedError("FILE_FOREIGN", message, { id, owner });
}
