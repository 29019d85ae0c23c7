import {
  CodedError,
  fromHex,
  type Hex,
  type Hotkey,
  parseHotkey,
  toHex,
} from "@neurond/primitives";
import { sharingKeys } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import type { StoreCommandCode } from "./errors.ts";
import { openBoxKey, openSignatory } from "./owner.ts";
import type { AddressShape } from "./schemas.ts";
import { ACCEPTED_OPTIONS } from "./seed-options.ts";

/** Where a file can be shared to: the hotkey that will ask for it, and the key it is boxed for. */
export interface SharingAddress {
  readonly hotkey: Hotkey;
  /** X25519. */
  readonly publicKey: Hex;
}

/** `neurond store address` */
export const sharingAddress = defineAction<z.infer<typeof AddressShape>>({
  name: "address",
  summary: "show the address at which others can share files with you",
  description:
    "It holds no secret: your hotkey, and a public key derived from your coldkey. Hand it over by a way that nobody can change it on: whoever puts in an address of his own is shared with instead of you.",
  options: ACCEPTED_OPTIONS,
  shared: SIGNER_OPTIONS,
  examples: ["neurond store address -w me"],
  schema: async () => (await import("./schemas.ts")).AddressShape,
  run: async (call) => {
    using signatory = await openSignatory(call);
    using box = await openBoxKey(call);
    const publicKey = toHex(sharingKeys(box.bytes).publicKey);
    const { hotkey } = signatory;
    return { address: `${hotkey}/${publicKey}`, hotkey, publicKey };
  },
  human: ({ address }) => address,
});

/** Reads what `store address` printed. @throws CodedError GRANTEE_INVALID */
export function parseSharingAddress(text: string): SharingAddress {
  const [ss58 = "", key = "", ...more] = text.trim().split("/");
  try {
    if (more.length > 0 || fromHex(key).length !== 32) throw new Error("not two parts");
    return { hotkey: parseHotkey(ss58), publicKey: toHex(fromHex(key)) };
  } catch (cause) {
    throw new CodedError<StoreCommandCode>(
      "GRANTEE_INVALID",
      "the grantee is what `store address` prints: a hotkey, a slash and a public key",
      {},
      { cause },
    );
  }
}
