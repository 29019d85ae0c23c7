import type { CommitmentField } from "@neurond/chain";
import { commitmentOf, encodeCommitment, readReportShape } from "@neurond/ledger";
import { headText } from "./open-run.ts";
import type { Fact, RunFacts } from "./ports/run-journal.ts";
import type { RunTimes } from "./run-plan.ts";
import { fieldsOf, textsOf } from "./scan-commitments.ts";
import type { Validator } from "./validator.ts";

/**
 * Commits on chain, in one piece because an account has one slot: to the frozen scores of the run
 * before, and to the log with the plan of this one. The texts are kept before they are sent and never
 * change. Done only when a final block holds them: another block could take them back.
 */
export async function anchorRun(
  validator: Validator,
  run: RunTimes,
  signal: AbortSignal,
): Promise<void> {
  const { chain, identity, log, slot } = validator;
  const { netuid, hotkey, signer } = identity;
  const { fields } = await intended(validator, run);
  if (await isFinal(validator, run, fields, signal)) return;
  const standing = await chain.commitment({ netuid, hotkey }, { signal });
  if (standing !== undefined && isSame(textsOf(standing.fields), fields)) return;
  const result = await slot.take(async () => {
    const kept = await keptDigest(validator, signal);
    const commitment = { netuid, fields: [...kept, ...fieldsOf(fields)] };
    return chain.setCommitment(signer, commitment, { signal });
  });
  if (result.kind === "included") {
    log.info({ runId: run.id, block: result.block }, "scores and log committed");
    await isFinal(validator, run, fields, signal);
    return;
  }
  const level = result.kind === "rejected" ? "warn" : "info";
  log[level]({ runId: run.id, result }, "commitment not included yet");
}

/** An epoch has room for fewer bytes than its runs may need: what is repeated must leave plenty. */
const ROOM_BYTES = 1_024;

/** The digest of the newest published report, which auditors look for before everything else in the slot. */
async function keptDigest(
  { chain, identity: { netuid, hotkey }, publishedSha256 }: Validator,
  signal: AbortSignal,
): Promise<readonly CommitmentField[]> {
  const hash = await publishedSha256();
  if (hash === null) return [];
  const { commitmentBytesLeft } = await chain.windows({ netuid, hotkey }, { signal });
  return commitmentBytesLeft < ROOM_BYTES ? [] : [{ kind: "sha-256", hash }];
}

async function intended(validator: Validator, run: RunTimes): Promise<Fact<"anchor">> {
  const { journal } = validator.stores;
  const known = (await journal.read(run.index, ["anchor"])).anchor;
  if (known !== undefined) return known;
  const before: RunFacts = run.index === 0 ? {} : await journal.read(run.index - 1, ["frozen"]);
  const [text] = Object.values(before.frozen?.reports ?? {});
  const report = text === undefined ? null : readReportShape(text);
  const checkpoint = await headText(validator.record);
  const fields = encodeCommitment({
    // Reports of several families name each other, so any of them gives the run's commitment.
    ...(report?.ok ? { scores: commitmentOf(report.report) } : {}),
    log: checkpoint,
  });
  return journal.write(run.index, "anchor", { fields, size: checkpoint.size });
}

async function isFinal(
  { chain, identity, stores }: Validator,
  run: RunTimes,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const { netuid, hotkey } = identity;
  const final = await chain.commitment({ netuid, hotkey }, { at: "finalized", signal });
  if (final === undefined || !isSame(textsOf(final.fields), fields)) return false;
  await stores.journal.write(run.index, "anchored", { block: final.block });
  return true;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
