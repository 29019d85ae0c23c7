import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";

export const keys: readonly Keypair[] = ["//Alice", "//Bob", "//Charlie", "//Dave"].map((uri) =>
  keypairFromUri(uri),
);
/** Validators; the first is oneself. */
export const [alice, bob, charlie, dave] = keys.map((key) => hotkeyOf(key.publicKey)) as [
  Hotkey,
  Hotkey,
  Hotkey,
  Hotkey,
];
/** Miners, ascending by hotkey. */
export const miners: readonly Hotkey[] = Array.from({ length: 6 }, (_, index) =>
  hotkeyOf(new Uint8Array(32).fill(100 + index)),
).sort();
export const [m0, m1, m2, m3] = miners as [Hotkey, Hotkey, Hotkey, Hotkey];
