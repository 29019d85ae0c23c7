import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import type { Finding } from "@neurond/ingest";
import { CodedError, fromHex, type Hotkey, type Netuid } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import {
  type Predecessor,
  type Statement,
  stateExports,
  statementDigest,
} from "@neurond/statements";
import type { Audited } from "../weights/audit-weights.ts";
import type { StatementStore } from "./statement-store.ts";

/** What statements are made with. */
export interface StatementKeeperDeps {
  readonly netuid: Netuid;
  readonly version: string;
  readonly signer: Keypair;
  readonly store: StatementStore;
  readonly findings: (validator: Hotkey, limit: number) => Promise<readonly Finding[]>;
  /** Null: digests are not committed. */
  readonly chain: Pick<Chain, "setCommitment"> | null;
  readonly log: Logger;
  readonly now: () => number;
}

const MAX_FINDINGS = 5_000;
/** How far back the newest statement about a validator is looked for: its validators may be many. */
const LOOK_BACK = 256;

/** Signs a statement about each new computation, in one chain for all validators. */
export class StatementKeeper {
  readonly #deps: StatementKeeperDeps;
  #previous: Predecessor = null;
  #last: Promise<unknown> = Promise.resolve();
  /** When the scores that were stated last were computed, by validator. */
  readonly #stated = new Map<string, number>();

  private constructor(deps: StatementKeeperDeps) {
    this.#deps = deps;
  }

  /** Goes on where the newest statement in the store ends. */
  static async open(deps: StatementKeeperDeps): Promise<StatementKeeper> {
    const keeper = new StatementKeeper(deps);
    for (const statement of (await deps.store.latest(LOOK_BACK)).toReversed())
      keeper.#remember(statement);
    return keeper;
  }

  /** States an audit unless it was; the new statement, or null. One after the other, whoever asks. */
  state(audited: Audited, signal: AbortSignal): Promise<Statement | null> {
    const turn = this.#last.then(() => this.#state(audited, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #state({ run, entries }: Audited, signal: AbortSignal): Promise<Statement | null> {
    signal.throwIfAborted();
    const { netuid, version, signer, store, findings, log, now } = this.#deps;
    if ((this.#stated.get(run.source) ?? 0) >= run.createdMs) return null;
    const software = { name: "neurond", version };
    const found = await findings(run.source, MAX_FINDINGS);
    const statement = stateExports(
      { netuid, run, entries, findings: found, software },
      { previous: this.#previous, madeMs: now(), signer },
    );
    await store.append(statement);
    this.#remember(statement);
    const { sequence, validator } = statement;
    const digest = statementDigest(statement);
    log.info({ sequence, validator, digest }, "statement signed");
    await this.#commit(digest, signal);
    return statement;
  }

  #remember(statement: Statement): void {
    this.#previous = { sequence: statement.sequence, digest: statementDigest(statement) };
    this.#stated.set(statement.validator, statement.scored_ms);
  }

  /** A commitment that fails is made up for by the next: each digest stands for all before it. */
  async #commit(digest: string, signal: AbortSignal): Promise<void> {
    const { chain, netuid, signer, log } = this.#deps;
    if (chain === null) return;
    const fields = [{ kind: "sha-256", hash: fromHex(`0x${digest}`) }] as const;
    try {
      const result = await chain.setCommitment(signer, { netuid, fields }, { signal });
      const level = result.kind === "included" ? "info" : "warn";
      log[level]({ digest, result }, "digest of the statement committed");
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError)) throw error;
      log.warn({ digest, code: error.code, error }, "digest of the statement not committed");
    }
  }
}
