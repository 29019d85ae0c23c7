export { detectEncryption, type Encryption } from "./encryption.ts";
export { isWalletCode, WALLET_ERRORS, type WalletCode, type WalletWarning } from "./errors.ts";
export { HOTKEY_VARIABLES, hotkeyFromEnvironment } from "./hotkey-from-environment.ts";
export { type ListedKey, type ListedWallet, listWallet, listWallets } from "./list.ts";
export { naclKey } from "./nacl.ts";
export { openHotkey } from "./open-hotkey.ts";
export {
  findPassword,
  obfuscatePassword,
  type PasswordRequest,
  type PasswordSources,
  passwordVariable,
} from "./password.ts";
export {
  DEFAULT_WALLET_PATH,
  type Environment,
  expandHome,
  WALLET_VARIABLES,
  type WalletNames,
  type WalletPlaces,
  walletPlaces,
} from "./places.ts";
export { askHidden, type PromptTerminal } from "./prompt.ts";
export { Wallet, type WalletOptions } from "./wallet.ts";
export {
  type KeySource,
  newMnemonic,
  type WriteOptions,
  writeColdkey,
  writeColdkeyPublic,
  writeHotkey,
} from "./write-keys.ts";
