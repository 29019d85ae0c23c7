import { basename } from "node:path";
import { leaver, type Player } from "./cast.ts";
import { RUN_PLAN } from "./plan.ts";
import { bold, dim, fit, green, plain, red, yellow } from "./styles.ts";
import {
  type MinerView,
  nameOf,
  namesIn,
  type RunView,
  type ValidatorView,
  type View,
} from "./view.ts";

/** The size of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const U16_MAX = 65_535;
const BAR_WIDTH = 24;
/** Columns that fit 80. */
const WIDTH = {
  name: 29,
  uid: 4,
  score: 6,
  weight: 6,
  share: 10,
  stake: 9,
  commitment: 22,
} as const;
const CHEATS: Readonly<Record<NonNullable<Player["cheat"]>, string>> = {
  lies: "lies in reports",
  loses: "throws data away",
  late: "answers late",
};

/** A localnet as one screen: lines that fit the terminal, with ANSI styles unless they are not wanted. */
export function renderScreen(view: View, { columns, rows }: Size, colour: boolean): string[] {
  const top = [
    ...heading(view),
    "",
    ...runLines(view),
    "",
    ...minerLines(view),
    "",
    ...validatorLines(view),
    "",
    ...doorLines(view),
    ...exportedLines(view),
  ];
  const room = Math.max(1, rows - top.length - 1);
  const lines = [...top, ...findingLines(view, room)].slice(0, rows - 1);
  return lines.map((line) => fit(colour ? line : plain(line), columns));
}

function heading({ url, block, blockTimeMs, daemons, directory }: View): string[] {
  const ready = daemons.filter(({ isReady }) => isReady).length;
  const restarts = daemons.reduce((sum, one) => sum + one.restarts, 0);
  const again = restarts > 0 ? `, ${restarts} started again` : "";
  const health = `${ready} of ${daemons.length} processes ready${again}`;
  return [
    `${bold("neurond localnet")}  ${url}  block ${bold(String(block))}, one every ${blockTimeMs} ms`,
    dim(`${health}; all is in ${directory}; Ctrl-C stops it`),
  ];
}

function runLines({ run, runs, file, objects }: View): string[] {
  const filled = Math.floor((run.into / RUN_PLAN.blocks) * BAR_WIDTH);
  const bar = "█".repeat(filled) + dim("░".repeat(BAR_WIDTH - filled));
  return [
    `${title("RUN")} run-${run.index} ${bar} ${run.phase}, block ${run.into} of ${RUN_PLAN.blocks}`,
    `${title("RUNS")} ${runs.slice(-3).map(describeRun).join("  ") || dim("none is over yet")}`,
    ...(file === null
      ? []
      : [
          `${title("FILE")} ${basename(file.path)}, ${file.sizeBytes} bytes, ${describeFile(file.state)}`,
        ]),
    ...(objects === null
      ? []
      : [`${title("OBJECTS")} ${objects.count} over S3, ${describeObjects(objects)}`]),
  ];
}

function describeRun({ id, phase, audit }: RunView): string {
  if (audit === null) return `${id} ${dim(phase)}`;
  const { isAgreed, exact, compared } = audit;
  const rows = `${exact.length}/${compared.length} exact`;
  return `${id} ${isAgreed ? green("agreed") : yellow("held")} ${dim(rows)}`;
}

function describeFile(state: NonNullable<View["file"]>["state"]): string {
  switch (state) {
    case "storing":
      return "being encrypted and stored";
    case "stored":
      return "stored, being fetched back";
    case "returned":
      return green("came back bit-exact");
    case "differs":
      return red("came back with other bytes");
  }
}

function describeObjects({ state, repaired }: NonNullable<View["objects"]>): string {
  switch (state) {
    case "storing":
      return "being stored";
    case "stored":
      return "stored";
    case "short":
      return yellow(`${leaver().name} left: its shards are made again, ${repaired} so far`);
    case "returned":
      return green(`came back bit-exact, ${repaired} repaired`);
    case "differs":
      return red("came back with other bytes");
  }
}

/** Scores and weights stand in the order of the validators. */
function minerLines({ miners, validators }: View): string[] {
  const head = [
    "MINERS".padEnd(WIDTH.name),
    "uid".padStart(WIDTH.uid),
    "scores".padStart(WIDTH.score * validators.length),
    "weights".padStart(WIDTH.weight * validators.length),
    "incentive".padStart(WIDTH.share),
  ];
  return [dim(head.join("")), ...miners.map(minerLine)];
}

function minerLine({ player, uid, scores, weights, incentive }: MinerView): string {
  const isOut = weights.some((value) => value !== null) && weights.every((value) => !value);
  const cells = [
    who(player),
    String(uid).padStart(WIDTH.uid),
    ...scores.map((score) =>
      (score === null ? "-" : (score / 1e6).toFixed(2)).padStart(WIDTH.score),
    ),
    ...weights.map((value) => {
      const text = (value === null ? "-" : String(value)).padStart(WIDTH.weight);
      return value === 0 ? red(text) : text;
    }),
    (incentive / U16_MAX).toFixed(3).padStart(WIDTH.share),
  ];
  return isOut ? cells.map((cell) => dim(cell)).join("") : cells.join("");
}

function validatorLines({ validators }: View): string[] {
  const head = [
    "VALIDATORS".padEnd(WIDTH.name),
    "uid".padStart(WIDTH.uid),
    "stake".padStart(WIDTH.stake),
    "  commitment".padEnd(WIDTH.commitment),
    "revealed".padEnd(9),
    "weights",
  ];
  return [dim(head.join("")), ...validators.map(validatorLine)];
}

function validatorLine(validator: ValidatorView): string {
  const { player, uid, stake, commitment, revealed, lastUpdate } = validator;
  const committed =
    commitment === null
      ? "-"
      : `${commitment.runId ?? "log"} ${commitment.hash.slice(0, 6)}… @${commitment.block}`;
  return [
    who(player),
    String(uid).padStart(WIDTH.uid),
    String(stake).padStart(WIDTH.stake),
    `  ${committed}`.padEnd(WIDTH.commitment),
    (revealed ?? "-").padEnd(9),
    lastUpdate > 0 ? `@${lastUpdate}` : "-",
  ].join("");
}

/** What goes through the proxies, which is everything that miners hear. */
function doorLines({ doors }: View): string[] {
  return doors.map(({ player: { name, miners = [] }, served, refused }) => {
    const [first, ...others] = miners;
    const behind = others.length === 0 ? first : `${first} to ${others.at(-1)}`;
    return `${title("PROXY")} ${name} in front of ${behind}: ${served} served, ${refused} refused`;
  });
}

/** What the auditor recomputed from nothing but exports. */
function exportedLines({ validators, exported }: View): string[] {
  const cells = validators.map(({ player: { name } }) => {
    const own = exported.filter(({ validator }) => validator === name);
    const [exact, differ] = ["agrees", "differs"].map(
      (verdict) => own.filter((run) => run.verdict === verdict).length,
    );
    const text = [exact ? green(`${exact} exact`) : "", differ ? red(`${differ} differ`) : ""];
    return `${name} ${text.filter(Boolean).join(", ") || dim("none yet")}`;
  });
  return [`${title("EXPORTS")} ${cells.join("  ")}`];
}

/** The newest findings that there is room for, the worst first. */
function findingLines(view: View, room: number): string[] {
  const { findings } = view;
  if (findings.length === 0) return [`${title("FINDINGS")} ${dim("none yet")}`];
  const order = ["critical", "warning", "info"];
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const lines = sorted.flatMap(({ code, severity, runId, validator, summary, evidence }) => {
    const paint = severity === "critical" ? red : severity === "warning" ? yellow : dim;
    const about = [runId, nameOf(view, validator)].filter(Boolean).join(" ");
    return [
      `${paint(code)} ${about}: ${namesIn(view, summary)}`,
      ...(severity === "critical" && evidence !== null ? [dim(`  ${evidence}`)] : []),
    ];
  });
  return [`${title("FINDINGS")} ${findings.length}`, ...lines.slice(0, Math.max(1, room - 1))];
}

function who({ name, cheat, leaves }: Player): string {
  const text = cheat === undefined ? leaves && "leaves" : CHEATS[cheat];
  if (text === undefined) return name.padEnd(WIDTH.name);
  const room = WIDTH.name - name.length - 1;
  return `${name} ${yellow(text)}${" ".repeat(Math.max(0, room - text.length))}`;
}

const title = (text: string) => dim(text.padEnd(9));
