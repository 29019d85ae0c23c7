import { auditedWorkloads, checkEvidence, RunConfig, rulesFrom } from "@neurond/audit";
import { Auditor, DEFAULT_MANNERS, MemoryAuditStore } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";

import { type SweepWorld, URIS } from "./sweep-world.ts";
import { hotkey, key, NETUID, PLAN } from "./world.ts";

/** How runs of a world with one validator are agreed, which its auditor has to know. */
export const LONE_RUN = { minStakeTao: "2500", quorum: { minReporters: 1 } };

const workloads = auditedWorkloads();
const tools = {
  rules: rulesFrom(
    RunConfig.parse({ ...PLAN, beaconKind: "chain", ...LONE_RUN }),
    workloads.map(({ family }) => family),
  ),
  workloads,
  verify: verifySr25519Fast,
};

/** What an auditor finds in a run, each with what a reader makes of its evidence. */
export async function audited<Miner extends AsyncDisposable>(
  { world: { chain } }: SweepWorld<Miner>,
  index: number,
): Promise<Readonly<Record<string, unknown>>> {
  const auditor = new Auditor({
    chain,
    netuid: NETUID,
    tools,
    manners: { ...DEFAULT_MANNERS, allowPrivate: true },
    store: new MemoryAuditStore(),
    signer: key("//Auditor"),
    marginBlocks: 0,
    historyRuns: 1,
    catchUpRuns: 20,
    now: Date.now,
  });
  const { number } = await chain.head({ at: "finalized" });
  const { findings } = await auditor.audit(index, number, AbortSignal.timeout(120_000));
  const told: Record<string, unknown> = {};
  for (const { evidence } of findings) {
    const { kind } = await checkEvidence(evidence, tools);
    told[evidence.code] = { kind, miner: URIS.find((uri) => hotkey(uri) === evidence.miner) };
  }
  return told;
}
