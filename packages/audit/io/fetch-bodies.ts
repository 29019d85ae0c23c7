import type { LogFacts } from "@neurond/audit";
import { bodiesOf, decodeEntry } from "@neurond/ledger";
import { mapLimited } from "./limited.ts";
import type { ValidatorClient } from "./validator-client.ts";

/** How much of what miners answered is read. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** Of one validator and run; what is beyond it is not asked for. */
  readonly maxTotalBytes: number;
  readonly atOnce: number;
}

/** The answers that a run's observations name by hash, as far as the limits reach. */
export async function fetchBodies(
  client: ValidatorClient,
  log: LogFacts,
  runId: string,
  limits: BodyLimits,
  signal: AbortSignal,
): Promise<{
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  readonly unasked: ReadonlySet<string>;
}> {
  const named = new Set<string>();
  for (const text of log.segment?.texts ?? []) {
    const entry = decodeEntry(text);
    if (entry?.kind !== "observation" || entry.run_id !== runId) continue;
    for (const hash of [...bodiesOf(entry.task), ...bodiesOf(entry.evidence)]) named.add(hash);
  }
  const bodies = new Map<string, Uint8Array>();
  const unasked = new Set<string>();
  let total = 0;
  await mapLimited([...named], limits.atOnce, signal, async (hash) => {
    if (total >= limits.maxTotalBytes) {
      unasked.add(hash);
      return;
    }
    const body = await client.body(hash, limits.maxBodyBytes);
    if (body === null) return;
    total += body.length;
    bodies.set(hash, body);
  });
  return { bodies, unasked };
}
