import { type AuditTools, timesOf } from "@neurond/audit";
import { Auditor, type AuditStore, DEFAULT_MANNERS } from "@neurond/audit/io";
import { type Chain, connectChain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { type BlockNumber, fromHex } from "@neurond/primitives";
import { auditor, hotkeyFor, miners } from "./people.ts";
import { NETUID, TinyValidator } from "./tiny-validator.ts";

/** A chain with validators that take part in runs when they are told to. */
export class Stage implements AsyncDisposable {
  readonly devnet: Devnet;
  readonly chain: Chain;
  readonly nodes: TinyValidator[] = [];
  readonly #tools: AuditTools;

  private constructor(devnet: Devnet, chain: Chain, tools: AuditTools) {
    this.devnet = devnet;
    this.chain = chain;
    this.#tools = tools;
  }

  static async begin(tools: AuditTools, keys: readonly Keypair[]): Promise<Stage> {
    const devnet = await startDevnet({ mode: "instant", preset: "subnet" });
    const chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    const stage = new Stage(devnet, chain, tools);
    for (const key of keys) stage.nodes.push(await TinyValidator.start(key, chain));
    return stage;
  }

  async head(): Promise<BlockNumber> {
    return (await this.chain.head()).number;
  }

  async advanceTo(block: number): Promise<void> {
    const left = block - (await this.head());
    if (left > 0) await this.devnet.newBlocks(left);
  }

  timesOf(index: number) {
    return timesOf(index, this.#tools.rules.text);
  }

  /** A run up to where weights may be set: the first two miners answer, the third does not. */
  async perform(index: number): Promise<void> {
    const times = this.timesOf(index);
    await this.advanceTo(times.start);
    for (const node of this.nodes) await node.open(times, miners);
    await this.advanceTo(times.beacon);
    const hash = await this.chain.blockHash(times.beacon);
    if (hash === undefined) throw new Error("the beacon block is there");
    const beacon = { kind: 0, block: times.beacon, blockHash: fromHex(hash) } as const;
    for (const node of this.nodes) await node.probe(times, beacon, miners, miners.slice(0, 2));
    await this.advanceTo(times.close);
    for (const node of this.nodes) await node.close(times);
    await this.advanceTo(times.revealEnd);
  }

  /** Everybody pays the two miners that answered. */
  async setWeights(index: number) {
    const scores = new Map(miners.slice(0, 2).map((miner) => [hotkeyFor(miner), 1n]));
    const weights = { netuid: NETUID, scores, scoredAt: this.timesOf(index).close };
    const sent = [];
    for (const { key } of this.nodes) {
      const set = await this.chain.submitWeights(key, weights);
      if (set.submission.kind !== "included") throw new Error(JSON.stringify(set.submission));
      sent.push(set);
    }
    return sent;
  }

  auditorWith(store: AuditStore): Auditor {
    return new Auditor({
      chain: this.chain,
      netuid: NETUID,
      tools: this.#tools,
      manners: { ...DEFAULT_MANNERS, allowPrivate: true },
      store,
      signer: auditor,
      marginBlocks: 4,
      historyRuns: 10,
      catchUpRuns: 5,
      now: () => Date.now(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) await node[Symbol.asyncDispose]();
    await this.chain[Symbol.asyncDispose]();
    await this.devnet.close();
  }
}
