import type { Rules } from "@neurond/audit";
import type { AuditStore } from "@neurond/audit/io";
import type { App, Registry } from "@neurond/runtime";
import type { Alerts } from "./alerts.ts";
import type { AuditorParts } from "./auditor-parts.ts";
import { serveExports } from "./exports/api.ts";
import { createExportMetrics } from "./exports/metrics.ts";
import { openExports, type RunningExports } from "./exports/open-exports.ts";
import { openAfterLook } from "./statements/after-look.ts";
import { serveStatements } from "./statements/api.ts";
import { StatementStore } from "./statements/statement-store.ts";
import { serveSynthetics } from "./synthetics/api.ts";
import { createSyntheticMetrics } from "./synthetics/metrics.ts";
import { openSynthetics } from "./synthetics/open-synthetics.ts";
import { openWeights } from "./weights/open-weights.ts";

/** What following exports shares with the rest of the auditor. */
export interface FollowDeps {
  readonly registry: Registry;
  readonly store: Pick<AuditStore, "readRun">;
  readonly rules: Pick<Rules, "minTasks">;
  readonly alerts: Alerts;
  readonly version: string;
}

/** The audit of exports with what follows from it. */
export interface FollowedExports extends AsyncDisposable {
  readonly exports: RunningExports;
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[];
  serve(app: App): void;
}

/**
 * Joins the audit of exports with signed statements, requests of our own, and weights. Loaded only where
 * validators are listed: engine and database are most of what an auditor loads.
 */
export async function followExports(
  parts: AuditorParts,
  { registry, store, rules, alerts, version }: FollowDeps,
  signal: AbortSignal,
): Promise<FollowedExports> {
  const { config, chain, signer, weightsSigner = null, log, recovers = false } = parts;
  await using resources = new AsyncDisposableStack();
  const metrics = createExportMetrics(registry);
  const opening = { config, chain, metrics, store, rules, log, recovers };
  const exports = resources.use(await openExports(opening, signal));
  const synthetics = await openSynthetics({
    config,
    exports,
    metrics: createSyntheticMetrics(registry),
    log,
  });
  const { enabled, directory } = config.statements;
  const statements = enabled && signer !== null ? await StatementStore.open(directory) : null;
  if (enabled && signer === null) log.warn("no hotkey is given, so statements are not signed");
  const deps = { config, exports, chain, signer, store: statements, alerts, version, log };
  const afterLook = await openAfterLook(deps);
  const weights =
    weightsSigner && openWeights({ config, chain, signer: weightsSigner, exports, registry, log });
  const audit = (following: AbortSignal) => exports.follow(following, afterLook);
  const owned = resources.move();
  return {
    exports,
    loops: [
      audit,
      ...(weights ? [weights.follow] : []),
      ...(synthetics ? [synthetics.follow] : []),
    ],
    serve(app) {
      serveExports(app, { ...exports, store });
      if (synthetics !== null) serveSynthetics(app, synthetics);
      if (statements !== null) serveStatements(app, statements);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
