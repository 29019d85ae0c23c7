import type { SigningKey } from "@neurond/epistula";
import { type Hotkey, isCoded } from "@neurond/primitives";
import type { ValidatorNetwork } from "@neurond/storage-client";
import type { Manifest } from "@neurond/workload-storage/file";
import type { Call } from "../../call.ts";
import { answeringValidators } from "./find-validator.ts";

/** Beside the validator a file was stored through, so many keep its record. */
const COPIES = 2;

/** The validators of the subnet beside one; none where the call names the one to be asked. */
export async function otherValidators(
  call: Call,
  key: SigningKey,
  home: Hotkey,
): Promise<readonly ValidatorNetwork[]> {
  if (call.given("validator") !== undefined) return [];
  try {
    const all = await answeringValidators(call, key, "retrieve");
    return all.filter(({ hotkey }) => hotkey !== home);
  } catch (error) {
    call.signal.throwIfAborted();
    if (!isCoded(error)) throw error;
    call.note(`no other validator was asked: ${error.message}`);
    return [];
  }
}

/**
 * Gives a file's record to the first of some validators, so that it is found, and read, while its own is
 * away; who has it now. The file is stored without them: what fails is told, and made good by the next
 * revision.
 */
export async function spread(
  call: Call,
  manifest: Manifest,
  others: readonly ValidatorNetwork[],
): Promise<readonly ValidatorNetwork[]> {
  const keepers: ValidatorNetwork[] = [];
  for (const network of others) {
    if (keepers.length === COPIES) break;
    try {
      await network.keepCopy(manifest, call.signal);
      keepers.push(network);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isCoded(error)) throw error;
      call.note(`${network.hotkey} keeps no copy of the record: ${error.message}`);
    }
  }
  return keepers;
}

/** Has validators forget their copies of a record; those that are away do when its time is over. */
export async function forgetCopies(
  call: Call,
  id: Manifest["id"],
  keepers: readonly ValidatorNetwork[],
): Promise<void> {
  await Promise.allSettled(keepers.map((network) => network.remove(id, call.signal)));
  call.signal.throwIfAborted();
}
