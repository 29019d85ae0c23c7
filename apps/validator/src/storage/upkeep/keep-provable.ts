import type { BlockNumber } from "@neurond/primitives";
import { repeat } from "../../repeat.ts";
import type { Validator } from "../../validator.ts";
import type { Proving } from "../single/prove-later.ts";
import { ProofRenewal, type RenewProofsDeps } from "../single/renew-proofs.ts";
import { type RenewTagsDeps, TagRenewal } from "../sweep/renew-tags.ts";

/** What shards are made provable with; null for what nobody is asked by. */
export interface KeepProvableDeps
  extends Omit<RenewTagsDeps, "tags" | "metrics">,
    Omit<RenewProofsDeps, "proving" | "metrics"> {
  readonly tags: RenewTagsDeps["tags"] | null;
  readonly proving: Pick<Proving, "deps"> | null;
  readonly metrics: RenewTagsDeps["metrics"] & RenewProofsDeps["metrics"];
}

const EVERY_MS = 60_000;

/** Makes tags, commitments and tokens where they are missing, a pass a minute, until the signal fires. */
export async function keepProvable(
  validator: Validator,
  { tags, proving, ...deps }: KeepProvableDeps,
  head: () => BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const renewals = [
    ...(tags ? [["tags", new TagRenewal({ ...deps, tags })] as const] : []),
    ...(proving ? [["proofs", new ProofRenewal({ ...deps, proving: proving.deps })] as const] : []),
  ];
  const keeping = renewals.map(([step, renewal]) =>
    repeat(validator, { step, everyMs: EVERY_MS, signal }, () => renewal.pass(head(), signal)),
  );
  await Promise.all(keeping);
}
