import { storageOf } from "../../../frame/storage.ts";
import { SUBTENSOR } from "../pallet.ts";

export const { item, optional } = storageOf(SUBTENSOR.name);

/** "None" where an account is expected: the chain stores 32 zero bytes. */
export const NO_ACCOUNT = `0x${"00".repeat(32)}` as const;
