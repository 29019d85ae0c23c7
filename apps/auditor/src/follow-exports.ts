import type { Registry } from "@neurond/runtime";
import type { RunningExports } from "./exports/open-exports.ts";
import type { AuditorParts } from "./start.ts";
import { openAfterLook } from "./statements/after-look.ts";
import { StatementStore } from "./statements/statement-store.ts";
import { openWeights } from "./weights/open-weights.ts";

/** The audit of exports with what follows from it. */
export interface FollowedExports {
  /** Null when nothing is stated. */
  readonly statements: StatementStore | null;
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[];
}

/** Joins the audit of exports with signed statements, alerts, and weights of our own. */
export async function followExports(
  { config, chain, signer, weightsSigner = null, log }: AuditorParts,
  exports: RunningExports,
  registry: Registry,
  version: string,
): Promise<FollowedExports> {
  const { enabled, directory } = config.statements;
  const statements = enabled && signer !== null ? await StatementStore.open(directory) : null;
  if (enabled && signer === null) log.warn("no hotkey is given, so statements are not signed");
  const deps = { config, exports, chain, signer, store: statements, version, log };
  const afterLook = await openAfterLook(deps);
  const weights =
    weightsSigner && openWeights({ config, chain, signer: weightsSigner, exports, registry, log });
  const audit = (signal: AbortSignal) => exports.follow(signal, afterLook);
  return { statements, loops: [audit, ...(weights === null ? [] : [weights.follow])] };
}
