import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";

const key = (uri: string) => keypairFromUri(uri);

/** Validators hold uids 1 to 3; uid 0 burns. */
export const validators = [key("//Validator1"), key("//Validator2"), key("//Validator3")] as const;
export const miners: readonly Keypair[] = [key("//Miner1"), key("//Miner2"), key("//Miner3")];
export const owner = key("//Owner");
export const auditor = key("//Auditor");
export const hotkeyFor = ({ publicKey }: Keypair): Hotkey => hotkeyOf(publicKey);
