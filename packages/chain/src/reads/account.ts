import { type Coldkey, type Hotkey, toRao } from "@neurond/primitives";
import { asBigint, asNumber, asRecord } from "../codec/value.ts";
import type { Account } from "../neuron.ts";
import type { State } from "../state.ts";

/** Balance and nonce. */
export async function readAccount(state: State, key: Hotkey | Coldkey): Promise<Account> {
  const { nonce, data } = asRecord(await state.get("System", "Account", key));
  const balance = asRecord(data);
  return {
    nonce: asNumber(nonce),
    free: toRao(asBigint(balance["free"])),
    reserved: toRao(asBigint(balance["reserved"])),
    frozen: toRao(asBigint(balance["frozen"] ?? 0n)),
  };
}
