import type { SigningKey } from "@neurond/epistula";
import { type Hotkey, isCoded } from "@neurond/primitives";
import type { ValidatorNetwork } from "@neurond/storage-client";
import type { Manifest } from "@neurond/workload-storage";
import type { Call } from "../../call.ts";
import { answeringValidators, type Purpose } from "./find-validator.ts";

/** Beside the validator a file was stored through, so many keep its record. */
const COPIES = 2;

/** A file's record, and who keeps it. */
export interface KeptFile {
  readonly manifest: Manifest;
  readonly home: Hotkey;
}

/** The validators of the subnet beside one; none where the call names the one to be asked. */
export async function otherValidators(
  call: Call,
  key: SigningKey,
  home: Hotkey,
  purpose: Purpose,
): Promise<readonly ValidatorNetwork[]> {
  if (call.given("validator") !== undefined) return [];
  try {
    const all = await answeringValidators(call, key, purpose);
    return all.filter(({ hotkey }) => hotkey !== home);
  } catch (error) {
    call.signal.throwIfAborted();
    if (!isCoded(error)) throw error;
    call.note(`no other validator was asked: ${error.message}`);
    return [];
  }
}

/**
 * Gives a file's record to other validators, so that it is found, and read, while its own is away; who
 * has it now. The file is stored without them: what fails is told, and made good by the next revision.
 */
export async function spread(
  call: Call,
  key: SigningKey,
  { manifest, home }: KeptFile,
): Promise<readonly Hotkey[]> {
  const keepers: Hotkey[] = [];
  for (const network of await otherValidators(call, key, home, "store")) {
    if (keepers.length === COPIES) break;
    try {
      await network.keepCopy(manifest, call.signal);
      keepers.push(network.hotkey);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isCoded(error)) throw error;
      call.note(`${network.hotkey} keeps no copy of the record: ${error.message}`);
    }
  }
  return keepers;
}

/** Has other validators forget a file's record; those that are away do when its time is over. */
export async function forgetCopies(
  call: Call,
  key: SigningKey,
  { id, home }: { readonly id: Manifest["id"]; readonly home: Hotkey },
): Promise<void> {
  const others = await otherValidators(call, key, home, "store");
  await Promise.allSettled(others.map((network) => network.remove(id, call.signal)));
  call.signal.throwIfAborted();
}
