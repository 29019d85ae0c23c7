import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { Alerts } from "../alerts.ts";
import type { Config } from "../config.ts";
import type { AfterLook, RunningExports } from "../exports/open-exports.ts";
import { StatementKeeper } from "./keep-statements.ts";
import type { StatementStore } from "./statement-store.ts";

/** What is done with what a look came to. */
export interface AfterLookDeps {
  readonly config: Config;
  readonly exports: RunningExports;
  readonly chain: Chain;
  /** Null: nothing is signed. */
  readonly signer: Keypair | null;
  readonly store: StatementStore | null;
  readonly alerts: Alerts;
  readonly version: string;
  readonly log: Logger;
}

/** States each new hour, and tells people of critical findings. */
export async function openAfterLook(deps: AfterLookDeps): Promise<AfterLook> {
  const { alerts: people, log } = deps;
  const keeper = await openKeeper(deps);
  const told = new WeakSet<object>();
  return async (validator, signal) => {
    const { cycle } = validator;
    if (cycle === null) return;
    if (keeper !== null && cycle.run !== null) {
      try {
        await keeper.state({ run: cycle.run, entries: cycle.entries }, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CodedError) throw error;
        // A full disk; the statement is made when there is room.
        log.error({ validator: validator.name, error }, "statement not kept; tried again");
      }
    }
    // A look that failed leaves the cycle before it in place.
    const fresh = told.has(cycle) ? [] : cycle.fresh;
    told.add(cycle);
    const critical = fresh.filter(({ severity }) => severity === "critical");
    const alerts = critical.map(({ severity, kind, subject, detail }) => ({
      severity,
      code: kind,
      subject,
      text: `${validator.name}: ${detail}`,
    }));
    await people.tell(alerts, signal);
  };
}

async function openKeeper({
  config,
  exports,
  chain,
  signer,
  store,
  version,
  log,
}: AfterLookDeps): Promise<StatementKeeper | null> {
  if (store === null || signer === null) return null;
  return StatementKeeper.open({
    netuid: config.netuid,
    version,
    signer,
    store,
    findings: (validator, limit) => exports.state.findings(validator, limit),
    chain: config.statements.commit ? chain : null,
    log,
    now: Date.now,
  });
}
