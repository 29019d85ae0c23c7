import { MICROS_PER_HOUR, parseListing } from "@neurond/exports";
import { exportPass } from "../../src/exports/exporter.ts";
import type { Node } from "./node.ts";
import type { NodeOptions, World } from "./world.ts";

export const HOUR_MS = MICROS_PER_HOUR / 1_000;
const MINUTE_MS = 60_000;

/** A validator that publishes while hours go by as fast as a test makes blocks. */
export class Publishing {
  readonly world: World;
  node!: Node;
  clock = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  readonly #uri: string;
  readonly #options: NodeOptions;
  readonly #followsChain: boolean;

  /** Time goes by a minute for each block, or with `followsChain` as the blocks say. */
  constructor(world: World, uri: string, options: NodeOptions, followsChain = false) {
    this.world = world;
    this.#uri = uri;
    this.#options = options;
    this.#followsChain = followsChain;
  }

  /** Starts the validator, also again after it was ended. */
  async start(): Promise<void> {
    await this.#tick();
    this.node = await this.world.start(this.#uri, { ...this.#options, now: () => this.clock });
  }

  /** One look of the exporter, as it is after each block. */
  async look(): Promise<void> {
    const { exporter } = this.node.started;
    if (exporter === null) throw new Error("nothing is published");
    const { number } = await this.world.chain.head();
    await exportPass(exporter, number, AbortSignal.timeout(30_000));
  }

  /** One block, time, and every loop of the validator once. */
  async minute(): Promise<void> {
    await this.#tick();
    await this.world.advanceTo((await this.world.head()) + 1, [this.node]);
    await this.look();
  }

  async minutesUntil(isDone: () => Promise<boolean>, most = 200): Promise<void> {
    for (let passed = 0; passed < most; passed += 1) {
      if (await isDone()) return;
      await this.minute();
    }
    throw new Error(`not done after ${most} minutes`);
  }

  async #tick(): Promise<void> {
    const { chain } = this.world;
    this.clock = this.#followsChain ? (await chain.clock()).chainMs : this.clock + MINUTE_MS;
  }

  get(path: string): Promise<Response> {
    return fetch(new URL(path, this.node.url));
  }

  async listing() {
    return parseListing(await (await this.get("/audit/")).text()).entries;
  }
}
