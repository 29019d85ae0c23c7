import type { Chain } from "@neurond/chain";
import { Log } from "@neurond/ledger";
import { announceAxon } from "../../src/announce-axon.ts";
import type { Config, RunningValidator } from "../../src/index.ts";
import { probePass, settlePass } from "../../src/pass.ts";
import { RunGate } from "../../src/run-gate.ts";
import type { KillSwitch } from "./kill.ts";

/** A validator that looks at the chain when it is told to, so that a test decides what happens when. */
export class Node implements AsyncDisposable {
  readonly started: RunningValidator;
  readonly config: Config;
  readonly #chain: Chain;
  readonly #gate = new RunGate();
  readonly #stop = new AbortController();
  #guarded: RunningValidator["validator"] | undefined;
  #disposed = false;

  constructor(started: RunningValidator, config: Config, chain: Chain) {
    this.started = started;
    this.config = config;
    this.#chain = chain;
  }

  get validator(): RunningValidator["validator"] {
    return this.#guarded ?? this.started.validator;
  }

  /** Lets a switch end it at one of its calls to the chain or the database. */
  dieBy(kill: KillSwitch): void {
    const { validator } = this.started;
    const stores = Object.fromEntries(
      Object.entries(validator.stores).map(([name, store]) => [name, kill.guard(store)]),
    ) as typeof validator.stores;
    const record = new Log(stores.log);
    this.#guarded = { ...validator, chain: kill.guard(validator.chain), stores, record };
  }

  get url(): string {
    return this.started.url;
  }

  /** Takes the switch away again. */
  spare(): void {
    this.#guarded = undefined;
  }

  /** Says on chain where it serves. */
  async announce(): Promise<void> {
    const { identity, chain, log } = this.validator;
    const { netuid, hotkey, signer } = identity;
    const { hostname, port } = new URL(this.url);
    const endpoint = { ip: hostname, port: Number(port) };
    await announceAxon({ chain, signer, log }, { netuid, hotkey, endpoint }, this.#stop.signal);
  }

  /** One look at the head: both loops once. */
  async look(): Promise<void> {
    const { number } = await this.#chain.head();
    this.started.saw(number);
    await settlePass(this.validator, this.#gate, number, this.#stop.signal);
    await probePass(this.validator, this.#gate, number, this.#stop.signal);
  }

  /** Ends at once, as if the process had been killed: nothing is finished, nobody is told. */
  async crash(): Promise<void> {
    this.#stop.abort();
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.started[Symbol.asyncDispose]();
  }
}
