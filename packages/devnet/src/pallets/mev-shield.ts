import { toHex } from "@neurond/primitives";
import { Blake2256 } from "@polkadot-api/substrate-bindings";
import { signer } from "../frame/dispatch.ts";
import { eventsOf } from "../frame/event.ts";
import { call, type Pallet } from "../frame/pallet.ts";
import { boundedBytes } from "../scale/bounded.ts";
import { accountId, h256 } from "../scale/known.ts";

const MEV_SHIELD = { name: "MevShield", index: 30 } as const;
const MAX_CIPHERTEXT = 8_192;

const encryptedSubmitted = eventsOf(MEV_SHIELD).named(0, "EncryptedSubmitted", {
  id: h256,
  who: accountId,
});

/**
 * Pallet `MevShield`: takes an encrypted call and says so. No author of this chain has a key, so
 * nothing is ever decrypted.
 */
export const mevShieldPallet: Pallet = {
  ...MEV_SHIELD,
  storage: [],
  calls: [
    call(
      1,
      "submit_encrypted",
      { ciphertext: boundedBytes(MAX_CIPHERTEXT) },
      (context, { ciphertext }) => {
        const who = signer(context);
        context.emit(encryptedSubmitted({ id: toHex(Blake2256(ciphertext)), who }));
      },
    ),
  ],
  events: [encryptedSubmitted.def],
  errors: [],
  constants: [],
};
