import { type Hotkey, toHex } from "@neurond/primitives";
import { RealMiner } from "./real-miner.ts";
import { hotkey, key, NETUID, World } from "./world.ts";

const ONE_TAO = 1_000_000_000n;

/** A subnet with as many real miners as wanted, each of its own coldkey, and one validator or more. */
export class Crowd implements AsyncDisposable {
  readonly world: World;
  readonly miners = new Map<Hotkey, RealMiner>();

  private constructor(world: World) {
    this.world = world;
  }

  static async begin(
    uris: readonly string[],
    validators: readonly string[] = ["//Validator1"],
  ): Promise<Crowd> {
    const account = (uri: string) => toHex(key(uri).publicKey);
    const permitted = { stakeRao: 3_000n * ONE_TAO, validatorPermit: true };
    const neurons = [
      ...validators.map((uri, at) => ({
        ...{ hotkey: account(uri), coldkey: account(at === 0 ? "//Bob" : `${uri}//cold`) },
        ...permitted,
      })),
      ...uris.map((uri) => ({ hotkey: account(uri), coldkey: account(`${uri}//cold`) })),
    ];
    const owner = { coldkey: account("//Alice"), hotkey: account("//Owner") };
    const subnet = { netuid: NETUID, owner, tempo: 20, commitReveal: false, immunityPeriod: 0 };
    const crowd = new Crowd(
      await World.begin({
        preset: "subnet",
        subnets: [{ ...subnet, neurons, maxUids: neurons.length, servingRateLimit: 0 }],
      }),
    );
    for (const uri of uris) crowd.miners.set(hotkey(uri), await crowd.#announced(uri));
    // Only now: each of them reads the whole subnet with every block.
    for (const miner of crowd.miners.values()) miner.follow();
    return crowd;
  }

  async #announced(uri: string): Promise<RealMiner> {
    const miner = await RealMiner.prepare(this.world, uri);
    const { hostname, port } = new URL(miner.url);
    const axon = { netuid: NETUID, version: 1, ip: hostname, port: Number(port) };
    const sent = await this.world.chain.serveAxon(key(uri), axon);
    if (sent.kind !== "included") throw new Error(`${uri}: ${JSON.stringify(sent)}`);
    return miner;
  }

  /** Ends miners, with everything they hold. */
  async kill(hotkeys: Iterable<Hotkey>): Promise<void> {
    for (const one of hotkeys) {
      await this.miners.get(one)?.[Symbol.asyncDispose]();
      this.miners.delete(one);
    }
  }

  /** Bytes of shards that all miners hold. */
  usedBytes(): number {
    return [...this.miners.values()].reduce((sum, { shards }) => sum + shards.usedBytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill([...this.miners.keys()]);
    await this.world[Symbol.asyncDispose]();
  }
}
