import type { Coldkey, Hotkey } from "@neurond/primitives";
import { asNumber, asRao, asRecord } from "../codec/value.ts";
import type { Account } from "../neuron.ts";
import type { State } from "../state.ts";

/** Balance and nonce. */
export async function readAccount(state: State, key: Hotkey | Coldkey): Promise<Account> {
  const { nonce, data } = asRecord(await state.get("System", "Account", key));
  const balance = asRecord(data);
  return {
    nonce: asNumber(nonce),
    free: asRao(balance["free"]),
    reserved: asRao(balance["reserved"]),
    frozen: asRao(balance["frozen"] ?? 0n),
  };
}
