import { randomBytes } from "node:crypto";
import { Wallet, walletPlaces, writeColdkey, writeHotkey } from "@neurond/chain/wallet";
import { type Coldkey, type Hotkey, isCoded, parseColdkey, parseHotkey } from "@neurond/primitives";

/** The addresses of a wallet. */
export interface Addresses {
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
}

/** Name of the hotkey in every wallet of a localnet. */
export const HOTKEY_NAME = "default";

/** Opens or makes a wallet for each name, as btcli lays them out; the keys are worth nothing, so none is sealed. */
export async function walletsOf(
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Addresses>> {
  const made = await Promise.all(
    names.map(async (name) => [name, await walletOf(root, name)] as const),
  );
  return new Map(made);
}

async function walletOf(root: string, name: string): Promise<Addresses> {
  const names = { name, hotkey: HOTKEY_NAME, path: root };
  const wallet = Wallet.open({ ...names, env: {} });
  try {
    return { hotkey: await wallet.hotkeyAddress(), coldkey: await wallet.coldkeyAddress() };
  } catch (error) {
    if (!isCoded(error, "FILE_NOT_FOUND")) throw error;
  }
  const places = walletPlaces(names, {});
  // A start that was killed between the two files leaves half a wallet, which nobody has used yet.
  const replace = { overwrite: true };
  const coldkey = await writeColdkey(places, { seed: randomBytes(32) }, replace);
  const hotkey = await writeHotkey(places, { seed: randomBytes(32) }, replace);
  return { hotkey: parseHotkey(hotkey), coldkey: parseColdkey(coldkey) };
}
