import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import { CodedError, hotkeyOf, isAbort, toMecid } from "@neurond/primitives";
import { forLatest, type Logger, type Registry } from "@neurond/runtime";
import { WeightsHistory } from "@neurond/store";
import type { Config } from "../config.ts";
import type { AuditorCode } from "../errors.ts";
import type { RunningExports } from "../exports/open-exports.ts";
import { AuditWeights } from "./audit-weights.ts";
import { createWeightsMetrics } from "./metrics.ts";

/** What setting weights from audits takes. */
export interface OpenWeightsDeps {
  readonly config: Config;
  readonly chain: Chain;
  readonly signer: Keypair;
  readonly exports: RunningExports;
  readonly registry: Registry;
  readonly log: Logger;
}

/** Ready to set weights, and idle until `follow`. @throws CodedError VALIDATOR_UNKNOWN */
export function openWeights({ config, chain, signer, exports, registry, log }: OpenWeightsDeps) {
  const section = config.set_weights;
  const named = section.validator;
  const followed = exports.validators.find(
    ({ name, setting }) => named === undefined || [name, setting.hotkey].includes(named),
  );
  if (followed === undefined) {
    const text = `set_weights.validator ${named ?? ""} is not in the list of validators`;
    throw new CodedError<AuditorCode>("VALIDATOR_UNKNOWN", text);
  }
  const hotkey = hotkeyOf(signer.publicKey);
  log.info({ hotkey, validator: followed.name, dryRun: section.dry_run }, "weights from audits");
  const weights = new AuditWeights({
    chain,
    identity: { netuid: config.netuid, hotkey, signer },
    mecid: toMecid(0),
    history: new WeightsHistory(exports.database.kysely),
    section,
    audited: () => followed.audited(),
    metrics: createWeightsMetrics(registry),
    log,
    now: Date.now,
  });
  return {
    follow: (signal: AbortSignal) =>
      forLatest(
        chain.watchHeads({ signal }),
        async ({ number }, passing) => {
          try {
            await weights.look(number, passing);
          } catch (error) {
            passing.throwIfAborted();
            if (!(error instanceof CodedError) && !isAbort(error)) throw error;
            log.warn({ error }, "weights not looked at; tried again at the next block");
          }
        },
        signal,
      ),
  };
}
