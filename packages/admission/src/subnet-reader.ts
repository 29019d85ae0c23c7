import { isCoded, type Netuid } from "@neurond/primitives";
import type { Subnet } from "./subnet.ts";
import { decodeSubnet, encodeSubnet } from "./subnet-codec.ts";
import type { SubnetShare } from "./subnet-share.ts";
import type { SubnetView } from "./subnet-view.ts";

/** What a reader fills, and whom it shares the work with. */
export interface SubnetReaderOptions {
  readonly view: SubnetView;
  readonly netuid: Netuid;
  /** Asks the chain; with a deadline of its own. */
  readonly read: () => Promise<Subnet>;
  /** Null where one process stands alone. */
  readonly share: SubnetShare | null;
  /** Longer than a pass and the pause after it, else the right to read goes round. */
  readonly leaseMs: number;
  /** What others published is taken up to this age; beyond it we ask the chain ourselves. */
  readonly trustMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Hears of a share that does not answer or holds something else; the chain is asked then. */
  readonly onShareFailed?: (cause: unknown) => void;
}

/** Where a pass got the subnet: from the chain, from another process, or it found nothing newer. */
export type ReadPass = "read" | "shared" | "unchanged";

/** Keeps a view fresh, pass by pass, so that of all processes one asks the chain. */
export class SubnetReader {
  readonly #options: SubnetReaderOptions;
  /** Decoding takes milliseconds: the same text is not decoded twice. */
  #seen = "";

  constructor(options: SubnetReaderOptions) {
    this.#options = options;
  }

  /** One pass; rejects when the chain had to be asked and did not answer. */
  async pass(): Promise<ReadPass> {
    const { share, leaseMs } = this.#options;
    if (share === null) return this.#read();
    try {
      const token = await share.lead(leaseMs);
      if (token !== undefined) return this.#lead(share, token);
      const followed = await this.#follow(share);
      if (followed !== undefined) return followed;
    } catch (cause) {
      if (!isCoded(cause)) throw cause;
      this.#options.onShareFailed?.(cause);
    }
    return this.#read();
  }

  async #read(): Promise<ReadPass> {
    await this.#options.view.refresh(this.#options.read);
    return "read";
  }

  async #lead(share: SubnetShare, token: number): Promise<ReadPass> {
    const readAtMs = this.#options.now();
    let subnet: Subnet;
    try {
      subnet = await this.#options.view.refresh(this.#options.read);
    } catch (error) {
      // Another may have an endpoint that answers. The lease ends by itself where this cannot be told.
      await share.resign().catch(() => undefined);
      throw error;
    }
    try {
      await share.publish(token, encodeSubnet({ subnet, readAtMs }));
    } catch (cause) {
      if (!isCoded(cause)) throw cause;
      this.#options.onShareFailed?.(cause);
    }
    return "read";
  }

  /** Undefined where nothing recent enough was published: whoever leads may hang. */
  async #follow(share: SubnetShare): Promise<ReadPass | undefined> {
    const { view, netuid, trustMs, now } = this.#options;
    const text = await share.latest();
    if (text === undefined) return undefined;
    if (text === this.#seen) return view.ageMs() <= trustMs ? "unchanged" : undefined;
    const { subnet, readAtMs } = decodeSubnet(text);
    if (subnet.netuid !== netuid || now() - readAtMs > trustMs) return undefined;
    this.#seen = text;
    return view.adopt(subnet, readAtMs) ? "shared" : "unchanged";
  }
}
