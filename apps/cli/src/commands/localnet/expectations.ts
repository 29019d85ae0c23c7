import { cheatWho, type Player } from "./cast.ts";
import {
  type AuditView,
  type ExportedRunView,
  type FindingView,
  type MinerView,
  namesIn,
  type ValidatorView,
  type View,
} from "./view.ts";

/** Something that has to be so, and whether it is. */
export interface Expectation {
  readonly name: string;
  readonly isMet: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** Runs that must be agreed, weighed and audited before anything is judged. */
export const AGREED_RUNS = 2;

/** What the story of a localnet has to end with. */
export function expectations(
  view: View,
  { evidence, doors, receipts }: Tried,
): readonly Expectation[] {
  const honest = view.validators.filter(({ player }) => player.cheat === undefined);
  return [
    fileReturned(view),
    objectsOutlive(view),
    twoRuns(view),
    weightlessCheat(view, honest, cheatWho("loses")),
    weightlessCheat(view, honest, cheatWho("late")),
    honestMinersPaid(view, honest),
    liarNamed(view),
    evidenceHolds(evidence),
    rowsExact(view, honest),
    exportsExact(view, honest),
    liarExposed(view),
    doorsShut(doors),
    receiptsHold(receipts),
  ];
}

/** What was tried out once the rest of the story had been told. */
export interface Tried {
  readonly evidence: EvidenceCheck | null;
  readonly doors: readonly DoorCheck[];
  readonly receipts: readonly ReceiptCheck[];
}

/** What became of a request that nobody signed, at a proxy's public door. */
export interface DoorCheck {
  readonly proxy: string;
  /** Null where nobody answered. */
  readonly status: number | null;
  /** Miners behind it whose address on chain is another. */
  readonly elsewhere: readonly string[];
}

/** Whether the requests in a proxy's log have receipts. */
export interface ReceiptCheck {
  readonly proxy: string;
  /** Requests of proven callers. */
  readonly served: number;
  /** Those whose receipt is in the ledger that the miner signed. */
  readonly proven: number;
}

/** What `neurond audit check` said of an evidence file. */
export interface EvidenceCheck {
  readonly file: string;
  readonly isAccepted: boolean;
  readonly said: string;
}

/** Agreed runs whose rows the auditor has compared, in order. */
export function auditedRuns({ runs }: View): readonly { id: string; audit: AuditView }[] {
  return runs.flatMap(({ id, audit }) =>
    audit?.isAgreed && audit.compared.length > 0 ? [{ id, audit }] : [],
  );
}

/** Whether the auditor has recomputed a run of each validator from what it exports. */
export function isExportedSeen(view: View): boolean {
  return view.validators.every(({ player }) => judgedRuns(view, player.name).length > 0);
}

/** Runs that had rows, all of them exported, so that their scores could be recomputed. */
function judgedRuns({ exported }: View, name: string): readonly ExportedRunView[] {
  return exported.filter(
    ({ validator, verdict, rows }) =>
      validator === name && verdict !== "not_whole" && (rows > 0 || verdict === "unjudged"),
  );
}

/** The finding that names the liar, with its evidence; undefined until there is one. */
export function accusation(view: View): FindingView | undefined {
  const liar = view.validators.find(({ player }) => player.cheat === "lies");
  return view.findings.find(
    ({ code, validator, evidence }) =>
      code === "REPORT_FORGED" && validator === liar?.hotkey && evidence !== null,
  );
}

function fileReturned({ file }: View): Expectation {
  return {
    name: "the file comes back bit-exact",
    isMet: file?.state === "returned",
    seen: file === null ? "no file" : `${file.state}, sha256 ${file.sha256}`,
  };
}

function objectsOutlive({ objects }: View): Expectation {
  return {
    name: "objects of an S3 client outlive a miner that leaves",
    isMet: objects?.state === "returned",
    seen:
      objects === null
        ? "no objects"
        : `${objects.count} ${objects.state}, ${objects.repaired} repaired`,
  };
}

function twoRuns(view: View): Expectation {
  const ids = auditedRuns(view).map(({ id }) => id);
  return {
    name: `${AGREED_RUNS} runs are agreed, weighed and audited`,
    isMet: ids.length >= AGREED_RUNS,
    seen: ids.join(", ") || "none",
  };
}

function weightlessCheat(
  view: View,
  honest: readonly ValidatorView[],
  player: Player,
): Expectation {
  const weights = weightsBy(view, honest, player.name);
  const what = player.cheat === "late" ? "who answers late" : "who throws data away";
  return {
    name: `the miner ${what} has weight 0 in every honest row`,
    isMet: weights.length > 0 && weights.every((value) => value === 0),
    seen: `${player.name}: ${weights.map((value) => value ?? "no row").join(", ")}`,
  };
}

function honestMinersPaid(view: View, honest: readonly ValidatorView[]): Expectation {
  const miners = view.miners.filter(({ player }) => !player.cheat && !player.leaves);
  const rows = miners.map(({ player }) => ({
    name: player.name,
    weights: weightsBy(view, honest, player.name),
  }));
  return {
    name: "every honest miner has weight in every honest row",
    isMet: rows.every(({ weights }) => weights.every((value) => value !== null && value > 0)),
    seen: rows.map(({ name, weights }) => `${name}: ${weights.join(", ")}`).join("; "),
  };
}

function liarNamed(view: View): Expectation {
  const found = accusation(view);
  const others = view.findings.filter(({ severity, validator }) => {
    return severity === "critical" && validator !== (found?.validator ?? null);
  });
  return {
    name: "the auditor names the liar, and accuses nobody else",
    isMet: found !== undefined && others.length === 0,
    seen:
      found === undefined
        ? `${view.findings.length} findings, no REPORT_FORGED`
        : [found, ...others]
            .map(({ code, summary }) => `${code}: ${namesIn(view, summary)}`)
            .join("; "),
  };
}

function evidenceHolds(evidence: EvidenceCheck | null): Expectation {
  return {
    name: "the evidence convicts without the network",
    isMet: evidence?.isAccepted ?? false,
    seen: evidence === null ? "no evidence file" : `${evidence.file}: ${evidence.said}`,
  };
}

/** Of every run whose rows were compared, the honest ones must stand on chain u16 for u16. */
function rowsExact(view: View, honest: readonly ValidatorView[]): Expectation {
  const audited = auditedRuns(view);
  const missing = audited.flatMap(({ id, audit }) =>
    honest
      .filter(({ hotkey }) => !audit.exact.includes(hotkey))
      .map(({ player }) => `${player.name} in ${id}`),
  );
  return {
    name: "honest rows equal the auditor's recomputation u16 for u16",
    isMet: audited.length > 0 && missing.length === 0,
    seen: missing.length === 0 ? `${audited.length} runs` : `differ: ${missing.join(", ")}`,
  };
}

/** Every run that honest validators export comes to the very scores, which are those that counted. */
function exportsExact(view: View, honest: readonly ValidatorView[]): Expectation {
  const judged = honest.map(({ player: { name } }) => ({ name, runs: judgedRuns(view, name) }));
  const isExact = ({ verdict, counted }: ExportedRunView) =>
    verdict === "agrees" && counted !== "other";
  const wrong = judged.flatMap(({ runs }) => runs.filter((run) => !isExact(run)));
  return {
    name: "runs that honest validators export recompute exactly from their rows",
    isMet: wrong.length === 0 && judged.every(({ runs }) => runs.length > 0),
    seen:
      wrong
        .map(({ validator, runId, detail }) => `${validator} in ${runId}: ${namesIn(view, detail)}`)
        .join("; ") || judged.map(({ name, runs }) => `${name}: ${runs.length} runs`).join("; "),
  };
}

/** It exports the true rows beside the scores that it signed, and the two do not fit. */
function liarExposed(view: View): Expectation {
  const { name } = cheatWho("lies");
  const runs = judgedRuns(view, name);
  const [first] = runs;
  return {
    name: "the liar's own exports contradict its scores",
    isMet: runs.length > 0 && runs.every(({ verdict }) => verdict === "differs"),
    seen: first === undefined ? "no run" : `${first.runId}: ${namesIn(view, first.detail)}`,
  };
}

/** Miners are found at their proxy and nowhere else, and there nobody is let in who did not sign. */
function doorsShut(doors: readonly DoorCheck[]): Expectation {
  const isShut = ({ status, elsewhere }: DoorCheck) => status === 401 && elsewhere.length === 0;
  const describe = ({ proxy, status, elsewhere }: DoorCheck) => {
    const astray = elsewhere.length === 0 ? "" : `, but ${elsewhere.join(", ")} elsewhere on chain`;
    return `${proxy}: ${status ?? "no answer"}${astray}`;
  };
  return {
    name: "miners stand on chain behind their proxy, which refuses who did not sign",
    isMet: doors.length > 0 && doors.every(isShut),
    seen: doors.map(describe).join("; ") || "no proxy",
  };
}

function receiptsHold(receipts: readonly ReceiptCheck[]): Expectation {
  return {
    name: "every request a proxy served has a receipt under a head that the miner signed",
    isMet:
      receipts.length > 0 &&
      receipts.every(({ served, proven }) => served > 0 && proven === served),
    seen: receipts
      .map(({ proxy, served, proven }) => `${proxy}: ${proven} of ${served}`)
      .join("; "),
  };
}

/** A miner's weight in the rows of some validators; a row that leaves it out gives it 0. */
function weightsBy(
  view: View,
  validators: readonly ValidatorView[],
  name: string,
): readonly (number | null)[] {
  const miner = view.miners.find(({ player }) => player.name === name);
  return validators.map((one) => weightIn(view, miner, one));
}

function weightIn(
  { validators }: View,
  miner: MinerView | undefined,
  validator: ValidatorView,
): number | null {
  return miner?.weights[validators.indexOf(validator)] ?? null;
}
