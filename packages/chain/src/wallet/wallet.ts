import { inspect } from "node:util";
import type { Keypair } from "@neurond/crypto";
import { type Coldkey, type Hotkey, isCoded, parseColdkey, parseHotkey } from "@neurond/primitives";
import type { WalletWarning } from "./errors.ts";
import { openKeyfile } from "./open-keyfile.ts";
import type { PasswordSources } from "./password.ts";
import { type Environment, type WalletNames, type WalletPlaces, walletPlaces } from "./places.ts";
import { resolveAddress, resolveKeypair, wipeContents } from "./resolve.ts";

/** What it takes to use a wallet; nothing is read until a key is asked for. */
export interface WalletOptions extends WalletNames {
  readonly env: Environment;
  readonly passwords?: PasswordSources | undefined;
  readonly onWarning?: ((warning: WalletWarning) => void) | undefined;
}

/** A wallet directory as btcli lays it out. The coldkey's file is never needed for hotkey work. */
export class Wallet {
  readonly places: WalletPlaces;
  readonly #options: WalletOptions;

  private constructor(options: WalletOptions) {
    this.places = walletPlaces(options, options.env);
    this.#options = options;
  }

  /** Names a wallet without touching the disk. */
  static open(options: WalletOptions): Wallet {
    return new Wallet(options);
  }

  /** The hotkey with its secret; asks for a password only when its file is sealed. */
  hotkeyPair(): Promise<Keypair> {
    return this.#keypair(this.places.hotkey, undefined, this.#options.passwords);
  }

  /** The hotkey's address, from its public file, or from the private one where older tools wrote none. */
  async hotkeyAddress(): Promise<Hotkey> {
    try {
      return parseHotkey(await this.#address(this.places.hotkeypub, "public"));
    } catch (error) {
      if (!isCoded(error, "FILE_NOT_FOUND")) throw error;
      return parseHotkey(await this.#address(this.places.hotkey, "private"));
    }
  }

  /** The coldkey's address, from its public file only. */
  async coldkeyAddress(): Promise<Coldkey> {
    return parseColdkey(await this.#address(this.places.coldkeypub, "public"));
  }

  /** The coldkey with its secret. Hold it for one call and `wipe()` it. */
  unlockColdkey(password = this.#options.passwords?.password): Promise<Keypair> {
    const sources = { ...this.#options.passwords, password };
    return this.#keypair(this.places.coldkey, this.places.name, sources);
  }

  /** Names only: an object that can reach secrets must not show more than where they are. */
  toJSON(): object {
    const { name, hotkeyName, root } = this.places;
    return { wallet: name, hotkey: hotkeyName, path: root };
  }

  [inspect.custom](): string {
    return `Wallet ${JSON.stringify(this)}`;
  }

  async #keypair(
    path: string,
    walletName: string | undefined,
    sources: PasswordSources | undefined,
  ): Promise<Keypair> {
    const { env, onWarning } = this.#options;
    const contents = await openKeyfile({
      path,
      role: "private",
      walletName,
      env,
      sources,
      onWarning,
    });
    try {
      return resolveKeypair(contents);
    } finally {
      wipeContents(contents);
    }
  }

  async #address(path: string, role: "private" | "public"): Promise<string> {
    const { env, onWarning, passwords: sources } = this.#options;
    const contents = await openKeyfile({ path, role, env, sources, onWarning });
    const address = resolveAddress(contents);
    wipeContents(contents);
    return address;
  }
}
