import type { Chain } from "@neurond/chain";
import {
  type CommitmentFact,
  type Contradiction,
  type Sighting,
  signEvidence,
} from "@neurond/consensus";
import { encodeScoresCommitment, type FamilyId, type Signer } from "@neurond/ledger";
import { CodedError, type Hotkey, type Netuid, type RunId } from "@neurond/primitives";
import type { ValidatorCode } from "./errors.ts";
import type { ValidatorMetrics } from "./metrics.ts";
import type { EvidenceStore } from "./ports/evidence-store.ts";

/** Whom evidence is against, and about what. */
export interface Accused {
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly familyId: FamilyId;
}

/**
 * Keeps signed evidence of a contradiction, once for each kind, validator and run: what it takes to
 * prove it is only looked up the first time.
 */
export async function accuse(
  deps: {
    readonly signer: Signer;
    readonly evidence: EvidenceStore;
    readonly metrics: ValidatorMetrics;
    readonly now: () => number;
  },
  accused: Accused,
  contradiction: { readonly kind: Contradiction["kind"]; prove(): Promise<Contradiction> },
): Promise<void> {
  const { kind } = contradiction;
  const { validator, runId } = accused;
  const known = await deps.evidence.ofRun(runId);
  if (known.some((item) => item.kind === kind && item.validator === validator)) return;
  const evidence = signEvidence(await contradiction.prove(), accused, deps.now(), deps.signer);
  await deps.evidence.save({ kind, validator, runId, text: JSON.stringify(evidence) });
  deps.metrics.evidence.inc({ kind });
}

/** A commitment with what it takes to find it again on chain. */
export async function findFact(
  chain: Chain,
  netuid: Netuid,
  sighting: Sighting,
  signal: AbortSignal,
): Promise<CommitmentFact> {
  const { block, validator, extrinsicIndex, commitment } = sighting;
  for await (const seen of chain.scanCommitments({ from: block, to: block, netuid }, { signal })) {
    if (seen.hotkey !== validator || seen.extrinsicIndex !== extrinsicIndex) continue;
    return {
      block,
      block_hash: seen.blockHash,
      extrinsic_index: extrinsicIndex,
      extrinsic_hash: seen.extrinsicHash,
      payload: encodeScoresCommitment(commitment),
    };
  }
  throw new CodedError<ValidatorCode>(
    "COMMITMENT_VANISHED",
    `block ${block} no longer holds the commitment of ${validator}; is the node on another chain?`,
    { block, validator },
  );
}
