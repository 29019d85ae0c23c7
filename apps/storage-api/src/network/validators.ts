import type { SigningKey } from "@neurond/epistula";
import { CodedError, isCoded, type Netuid } from "@neurond/primitives";
import {
  AnyValidator,
  readStatus,
  type StorageNetwork,
  ValidatorNetwork,
} from "@neurond/storage-client";
import type { Manifest } from "@neurond/workload-storage/file";
import type { StorageApiCode } from "../errors.ts";

export interface ValidatorsOptions {
  /** Where they serve, the preferred first. */
  readonly urls: readonly string[];
  readonly netuid: Netuid;
  readonly key: SigningKey;
}

/** Beside the one a file was stored through, so many are given its manifest. */
const COPIES = 3;
const COPY_MS = 5_000;
/** As often copies look for validators that were silent. */
const LOOK_MS = 60_000;

/**
 * The validators of an API node. A file lives with the one it was stored through; others keep copies of
 * its manifest, and give its shards while that one is away.
 */
export class Validators {
  readonly #options: ValidatorsOptions;
  readonly #known = new Map<string, ValidatorNetwork>();
  /** URLs at which nobody answered last. */
  readonly #silent = new Set<string>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ValidatorsOptions) {
    this.#options = options;
  }

  /** The first that answers, for a new file. @throws CodedError NETWORK_AWAY */
  async first(signal: AbortSignal): Promise<ValidatorNetwork> {
    let failure: unknown;
    for (const url of this.#options.urls) {
      try {
        return (await this.#look(url, signal)).network;
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw away("no validator answers", failure);
  }

  /** All that answer. */
  async all(signal: AbortSignal): Promise<readonly ValidatorNetwork[]> {
    this.#lookedMs = performance.now();
    const looks = this.#options.urls.map((url) => this.#look(url, signal));
    const settled = await Promise.allSettled(looks);
    signal.throwIfAborted();
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.network] : []));
  }

  /** The one of a hotkey; it may have moved to another address. @throws CodedError NETWORK_AWAY */
  async of(hotkey: string, signal: AbortSignal): Promise<ValidatorNetwork> {
    for (const network of this.#known.values()) if (network.hotkey === hotkey) return network;
    const found = (await this.all(signal)).find((network) => network.hotkey === hotkey);
    if (found !== undefined) return found;
    throw away(`validator ${hotkey} is not among vault.validators, or does not answer`);
  }

  /** Reads a file's shards through its own validator, else through any that keeps its manifest. */
  async reading(
    manifest: Manifest,
    home: string,
    signal: AbortSignal,
  ): Promise<Pick<StorageNetwork, "fetch">> {
    const own = await this.of(home, signal).catch((error: unknown) => {
      if (isCoded(error, "NETWORK_AWAY")) return null;
      throw error;
    });
    const first = own ?? (await this.first(signal));
    return new AnyValidator({ manifest, first, others: () => this.all(signal) });
  }

  /**
   * Gives a manifest to some others than its own validator; how many have it now. Nobody waits long, nor
   * for one that was silent: the file is stored without them, and they get the next revision.
   */
  async copy(manifest: Manifest, home: string, signal: AbortSignal): Promise<number> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(COPY_MS)]);
    const isLong = performance.now() - this.#lookedMs > LOOK_MS;
    if (isLong) await this.all(bounded).catch(() => []);
    const others = [...this.#known]
      .filter(([url, { hotkey }]) => hotkey !== home && !this.#silent.has(url))
      .slice(0, COPIES);
    const given = others.map(async ([url, one]) => {
      try {
        await one.keepCopy(manifest, bounded);
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (bounded.aborted || isCoded(error, "VALIDATOR_UNREACHABLE")) this.#silent.add(url);
        return false;
      }
    });
    const kept = await Promise.all(given);
    return kept.filter(Boolean).length;
  }

  /** The head of the chain as a validator sees it. @throws CodedError */
  async block(network: ValidatorNetwork, signal: AbortSignal): Promise<number> {
    return (await readStatus(network.url, signal)).block;
  }

  async #look(url: string, signal: AbortSignal) {
    const { key, netuid } = this.#options;
    const status = await readStatus(new URL(url), signal).catch((error: unknown) => {
      if (!signal.aborted) this.#silent.add(url);
      throw error;
    });
    this.#silent.delete(url);
    if (status.netuid !== netuid) throw away(`${url} validates subnet ${status.netuid}`);
    const before = this.#known.get(url);
    if (before?.hotkey === status.hotkey) return { network: before };
    const network = new ValidatorNetwork({ url: new URL(url), hotkey: status.hotkey, key });
    this.#known.set(url, network);
    return { network };
  }
}

const away = (what: string, cause?: unknown) =>
  new CodedError<StorageApiCode>("NETWORK_AWAY", what, {}, { cause });
