import { resolve } from "node:path";
import { defineService } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { View as Print } from "../../output.ts";
import { eventLines } from "./events.ts";
import { type Audience, type LocalnetOptions, runLocalnet } from "./run.ts";
import type { Outcome } from "./schemas.ts";
import { renderScreen } from "./screen.ts";
import { DEFAULT_FILE } from "./stored-file.ts";
import { Terminal } from "./terminal.ts";
import type { View } from "./view.ts";

const DAY_MS = 86_400_000;
const BLOCK_TIME_MS = 500;
const DIRECTORY = ".localnet";

/** `neurond localnet` */
export const localnet = defineService<Outcome>({
  name: "localnet",
  summary: "run a whole subnet on this machine, and show what it comes to",
  description:
    "A chain, three validators (one lies in its reports), six miners (one throws data away, one answers late, one leaves) behind two reverse proxies, a storage API and an auditor, each a process with keys of its own, over one embedded Postgres. A real file is encrypted, stored and fetched back, and objects of an S3 client outlive the miner that leaves; the cheats end at weight 0, and the auditor names the liar, writes evidence against it, and recomputes every run from what the validators export. On a terminal it is one live screen, else a line for each event on stderr. Everything is in one directory, and goes on from there at the next start. Control-C stops everything.",
  options: [
    ...[
      ["--file <file>", "file to store (default: the typed description of Node's file API)"],
      ["--once", "end when two runs are agreed and audited: 0 when all is as expected, else 1"],
      ["--keep", "with --once, stay after the verdict until Control-C"],
      ["--fresh", "begin with an empty directory"],
      ["--directory <directory>", `where everything is kept (default: ${DIRECTORY})`],
      ["--port <number>", "port of the chain, 0 for a free one (default: 9944)"],
      ["--block-time <ms>", `between blocks, milliseconds (default: ${BLOCK_TIME_MS})`],
      ["--timelocked", "weights are committed first and revealed an epoch later"],
    ].map(([flags = "", description = ""]) => ({ flags, description })),
  ],
  examples: [
    "neurond localnet",
    "neurond localnet --once --fresh",
    "neurond localnet --file photo.jpg --keep",
  ],
  schema: async () => (await import("./schemas.ts")).OutcomeShape,
  serve: perform,
  human: describe,
  exitCode: ({ isGood }) => (isGood ? 0 : 1),
});

async function perform(call: Call, ready: (outcome: Outcome) => Promise<void>): Promise<void> {
  const options = optionsOf(call);
  const isLast = options.once;
  using screen = call.terminal === undefined ? undefined : new Terminal(call.terminal);
  const audience = screen === undefined ? listener(call) : viewer(call, screen);
  let outcome: Outcome | undefined;
  const judge = async (told: Outcome) => {
    outcome = told;
    // On a screen there is no room for it before the end.
    if (screen === undefined && !isLast) await ready(told);
  };
  const { env, signal, connectChain } = call;
  await runLocalnet(options, { ...audience, judge }, { env, signal, connectChain });
  screen?.[Symbol.dispose]();
  if (outcome !== undefined && (screen !== undefined || isLast)) await ready(outcome);
}

function optionsOf(call: Call): LocalnetOptions {
  return {
    directory: resolve(call.given("directory") ?? DIRECTORY),
    port: call.integer("port", { min: 0, max: 65_535 }) ?? 9944,
    blockTimeMs: call.integer("block-time", { min: 100, max: DAY_MS }) ?? BLOCK_TIME_MS,
    timelocked: call.on("timelocked"),
    fresh: call.on("fresh"),
    file: resolve(call.given("file") ?? DEFAULT_FILE),
    once: call.on("once") && !call.on("keep"),
  };
}

type Watching = Pick<Audience, "step" | "see">;

/** One line for each event. */
function listener(call: Call): Watching {
  let before: View | null = null;
  return {
    step: (text) => call.note(text),
    see(view) {
      for (const line of eventLines(before, view)) call.note(line);
      before = view;
    },
  };
}

/** One screen that is always up to date. */
function viewer(call: Call, screen: Terminal): Watching {
  const colour = !call.env["NO_COLOR"];
  return {
    step: (text) => screen.draw([text]),
    see: (view) => screen.draw(renderScreen(view, screen.size, colour)),
  };
}

function describe({ expectations, evidence, elapsedMs, isGood }: Outcome, print: Print): string {
  const rows = expectations.map(({ name, isMet, seen }) => [isMet ? "ok" : "FAILED", name, seen]);
  const table = print.table(
    ["", "expected", "seen"].map((title) => ({ title })),
    rows,
  );
  const seconds = Math.round(elapsedMs / 1000);
  const verdict = isGood ? "All is as expected" : "Not all is as expected";
  const check = evidence === null ? "" : `\n\n  neurond audit check ${evidence}`;
  return `${table}\n\n${verdict}, after ${seconds} s.${check}`;
}
