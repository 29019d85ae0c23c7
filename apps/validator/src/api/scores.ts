import type { FamilyId } from "@neurond/ledger";
import { type BlockNumber, CodedError, type Hotkey, type RunId } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { ReportStore } from "../ports/report-store.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import { type RunPlan, timesOf } from "../run-plan.ts";
import { familyOf, hotkeyOf, param, runIdOf } from "./params.ts";

/** What serving scores needs. */
export interface ScoresDeps {
  readonly self: Hotkey;
  readonly plan: RunPlan;
  readonly families: readonly FamilyId[];
  readonly journal: RunJournal;
  readonly reports: ReportStore;
  readonly head: () => BlockNumber;
  readonly requestsPerMinute: number;
}

/**
 * Serves a run's signed report, ours or our copy of a peer's, byte for byte and not before nobody can
 * commit to scores any more: until then whoever reads it could copy it.
 */
export function serveScores(app: App, deps: ScoresDeps): void {
  app.get(
    "/v1/consensus/scores/:run_id",
    {
      schema: {
        summary: "The signed scores of a run; 425 until they are revealed",
        params: z.object({ run_id: param.runId }),
        querystring: z.object({
          family_id: param.family.optional(),
          validator: param.hotkey.optional(),
        }),
      },
      config: { rateLimit: { max: deps.requestsPerMinute, timeWindow: "1 minute" } },
    },
    async (request, reply) => {
      const runId = runIdOf(request.params.run_id);
      const family = chosen(deps.families, request.query.family_id);
      const { validator } = request.query;
      requireRevealed(deps, runId);
      const of = validator === undefined ? deps.self : hotkeyOf(validator);
      const text =
        of === deps.self
          ? await ownText(deps.journal, runId, family)
          : await peersText(deps.reports, runId, family, of);
      if (text === undefined) throw unknownRun(runId);
      return reply.type("application/json; charset=utf-8").send(text);
    },
  );
}

function chosen(families: readonly FamilyId[], asked: string | undefined): FamilyId {
  const [only, second] = families;
  if (asked !== undefined) return familyOf(asked);
  if (only !== undefined && second === undefined) return only;
  const message = `several families are scored: add ?family_id=, one of ${families.join(", ")}`;
  throw new CodedError<ValidatorCode>("RUN_INVALID", message);
}

function requireRevealed({ plan, head }: ScoresDeps, runId: RunId): void {
  const index = indexOf(runId);
  if (index === null) throw unknownRun(runId);
  const { commitEnd } = timesOf(index, plan);
  if (head() >= commitEnd) return;
  throw new CodedError<ValidatorCode>(
    "NOT_REVEALED",
    `the scores of ${runId} are revealed at block ${commitEnd}; ask again then`,
    { block: commitEnd },
  );
}

/** The index in the name of a run; null for names that are not ours. */
export function indexOf(runId: RunId): number | null {
  const [, digits] = /^run-(0|[1-9]\d{0,8})$/.exec(runId) ?? [];
  return digits === undefined ? null : Number(digits);
}

async function ownText(
  journal: RunJournal,
  runId: RunId,
  family: FamilyId,
): Promise<string | undefined> {
  const index = indexOf(runId);
  const facts = index === null ? {} : await journal.read(index, ["frozen"]);
  return facts.frozen?.reports[family];
}

async function peersText(
  reports: ReportStore,
  runId: RunId,
  family: FamilyId,
  validator: Hotkey,
): Promise<string | undefined> {
  const kept = await reports.of(runId, family);
  return kept.find((report) => report.validator === validator)?.text;
}

const unknownRun = (runId: RunId) =>
  new CodedError<ValidatorCode>("RUN_UNKNOWN", `no scores of ${runId} are held here`, { runId });
