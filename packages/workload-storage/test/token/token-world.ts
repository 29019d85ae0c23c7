import { toHex } from "@neurond/primitives";
import { challengeSeed, type Entry } from "../../src/index.ts";
import {
  type MadeTokens,
  type OpenedToken,
  openToken,
  seedCommitOf,
  type TokenAlg,
  type TokenEvidence,
  TokenMaker,
  TokenTask,
  tokenAnswer,
  tokenChallengeOf,
  tokenKey,
  tokenSeed,
  tokensNumbered,
} from "../../src/token/index.ts";
import { receiptIn, signedAnswer, slotOf } from "../slots.ts";
import { identNamed } from "../test-data.ts";
import { BEACON, World } from "../world.ts";
import { wholeAnswers } from "./whole-answers.ts";

const MASTER = identNamed("token master");

/** A shard with three tokens, and the task that asks the second. */
export class TokenWorld {
  readonly alg: TokenAlg;
  readonly entry: Entry;
  readonly sealed: Uint8Array;
  readonly made: MadeTokens;
  readonly task: TokenTask;
  readonly challenge: Uint8Array;
  /** The seed that goes to the miner beside the task. */
  readonly tokenSeed: Uint8Array;

  constructor(alg: TokenAlg, { size = 5000, run = 7, number = 2 } = {}) {
    const world = new World([size], run, BEACON);
    const [shard] = world.shards;
    if (shard === undefined) throw new Error("a world has a shard");
    this.alg = alg;
    this.entry = shard.entry;
    this.sealed = shard.sealed;
    const plan = { master: MASTER, entry: this.entry, names: tokensNumbered(alg, 3) };
    const maker = new TokenMaker(plan, wholeAnswers);
    maker.update(this.sealed);
    this.made = maker.finish();
    this.tokenSeed = tokenSeed(tokenKey(MASTER, this.entry), { alg, number });
    const tokens = { count: 3, root: this.made.root };
    this.task = TokenTask.parse({
      ...slotOf(world),
      receipt: receiptIn(world, { ...this.entry, tokens }),
      alg,
      number,
      seed_commit: toHex(seedCommitOf(this.tokenSeed)),
    });
    this.challenge = challengeSeed(tokenChallengeOf(this.task));
  }

  /** What whoever holds these bytes answers. */
  answer(sealed = this.sealed): Uint8Array {
    const question = { alg: this.alg, seed: this.tokenSeed, size: this.entry.size };
    return tokenAnswer(question, sealed);
  }

  async opened(index = this.task.number - 1): Promise<OpenedToken> {
    const opened = await openToken({ master: MASTER, entry: this.entry }, this.made.tokens, index);
    if (opened === undefined) throw new Error(`no token ${index}`);
    return opened;
  }

  async evidence(
    answer = this.answer(),
    change: Partial<OpenedToken> = {},
  ): Promise<TokenEvidence> {
    const { leaf, index, path, seed, answer: own, blind } = { ...(await this.opened()), ...change };
    return {
      ...signedAnswer(this.challenge, answer),
      opened: {
        leaf: toHex(leaf),
        index,
        path: path.map(toHex),
        seed: toHex(seed),
        answer: toHex(own),
        blind: toHex(blind),
      },
    };
  }
}
