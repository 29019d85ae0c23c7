import { setTimeout as sleep } from "node:timers/promises";
import { HOUR_US } from "@neurond/incentive";
import type { AuditState, ValidatorSetting } from "@neurond/ingest";
import { CodedError, type Hotkey } from "@neurond/primitives";
import { checkedFetch } from "@neurond/registry/io";
import type { Logger } from "@neurond/runtime";
import { PostgresSynthetics } from "@neurond/store";
import {
  builtInPrompts,
  KeyRing,
  type Prompts,
  promptsFrom,
  type SyntheticStore,
  type SyntheticSummary,
  summarise,
  syntheticFinding,
} from "@neurond/synthetics";
import {
  ANSWER_LIMITS,
  type RunDeps,
  readPrompts,
  runSynthetics,
  Show,
  verifyProbes,
} from "@neurond/synthetics/io";
import type { Config } from "../config.ts";
import type { RunningExports } from "../exports/open-exports.ts";
import { chooseTypes } from "./choose-types.ts";
import type { SyntheticMetrics } from "./metrics.ts";
import { countSummary, exportFinding, reportTo, summaryLine } from "./report.ts";
import type { SyntheticsSection } from "./section.ts";

/** What requests of our own are made and judged with. */
export interface SyntheticsDeps {
  readonly config: Config;
  readonly exports: Pick<RunningExports, "database" | "state" | "windows">;
  readonly metrics: SyntheticMetrics;
  readonly log: Logger;
}

/** Requests of our own: ready, and idle until `follow`. */
export interface RunningSynthetics {
  readonly validator: Hotkey;
  readonly store: SyntheticStore;
  summary(): Promise<SyntheticSummary>;
  /** Sends and judges until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

const VERIFY_MS = 60_000;
/** What is older is in no export that is still listed. */
const KEPT_US = 169 * HOUR_US;

/** Null where they are switched off, or where nobody pays for them. @throws CodedError PROMPTS_UNREADABLE */
export async function openSynthetics(deps: SyntheticsDeps): Promise<RunningSynthetics | null> {
  const { config, exports, log } = deps;
  const { synthetics: section, validators } = config;
  if (!section.enabled) return null;
  const setting = section.validator === undefined ? validators[0] : named(validators, section);
  if (setting === undefined) {
    const { validator } = section;
    log.warn({ validator }, "synthetics.validator is none of the list: none will be sent");
    return null;
  }
  const keys = [section.api_key, ...section.api_keys].flatMap((key) => key?.reveal() ?? []);
  if (keys.length === 0) {
    log.warn("synthetics are enabled, but synthetics.api_key is not set: none will be sent");
    return null;
  }
  const { hotkey } = setting;
  const store = new PostgresSynthetics(exports.database.kysely, hotkey);
  const run = await runDeps(deps, setting, keys, store);
  return {
    validator: hotkey,
    store,
    summary: async () => summarise(await store.counts()),
    follow: async (signal) => {
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const stop = (error: unknown) => {
        if (!either.aborted) failed.abort(error);
      };
      const loops = [runSynthetics(run, either), verify(deps, hotkey, store, either)];
      await Promise.all(loops.map((loop) => loop.catch(stop)));
      failed.signal.throwIfAborted();
    },
  };
}

function named(
  validators: readonly ValidatorSetting[],
  { validator }: SyntheticsSection,
): ValidatorSetting | undefined {
  return validators.find(({ name, hotkey }) => name === validator || hotkey === validator);
}

async function runDeps(
  { config, metrics, log }: SyntheticsDeps,
  { url }: ValidatorSetting,
  keys: readonly string[],
  store: SyntheticStore,
): Promise<RunDeps> {
  const { synthetics: section } = config;
  const { stderr } = process;
  const isTTY = stderr.isTTY === true;
  const { directory, tts } = section;
  const [program, ...args] = tts.player;
  const isShown = isTTY || directory !== undefined;
  return {
    fetch: checkedFetch({ allowPrivate: config.exports.allowPrivate }),
    url,
    choice: {
      types: chooseTypes(section, "enabled"),
      endpoints: section.endpoints,
      prompts: await promptsOf(section, log),
    },
    keys: new KeyRing(keys),
    schedule: { kind: section.schedule, intervalMs: section.interval_s * 1_000 },
    blindShare: section.blind_share,
    limits: ANSWER_LIMITS,
    store,
    show: new Show({
      types: new Set(isShown ? chooseTypes(section, "render") : []),
      graphics: section.graphics,
      terminal: { isTTY, columns: stderr.columns ?? 80, env: {} },
      write: (text) => {
        if (isTTY) stderr.write(text);
      },
      directory: directory ?? null,
      keepFiles: section.keep_files,
      player: program === undefined ? null : [program, ...args],
      warn: (error) => log.warn({ error }, "an answer could not be shown"),
    }),
    report: reportTo(metrics, log),
    now: Date.now,
  };
}

/** Prompts of the files that are named; who names a data set is told where they come from instead. */
async function promptsOf({ text, image }: SyntheticsSection, log: Logger): Promise<Prompts> {
  const read = async (from: SyntheticsSection["text"] | SyntheticsSection["image"]) => {
    if (!from.enabled) return undefined;
    const { name, field_name: field } = from.dataset;
    if (from.prompts_file !== undefined) return await readPrompts(from.prompts_file, field);
    const how = "save it as JSON lines and name the file in prompts_file";
    log.info({ dataset: name, how }, "the data set is not downloaded: prompts are our own");
    return undefined;
  };
  return promptsFrom({ text: await read(text), image: await read(image) }, builtInPrompts);
}

/** Judges what can be judged, minute by minute. Trouble with the stores is told and tried again. */
async function verify(
  { exports, metrics, log }: SyntheticsDeps,
  validator: Hotkey,
  store: SyntheticStore,
  signal: AbortSignal,
): Promise<never> {
  const warehouse = exports.windows.get(validator);
  if (warehouse === undefined) throw new Error(`no window of ${validator} is open`);
  for (; ; await sleep(VERIFY_MS, undefined, { signal })) {
    try {
      const before = Date.now() * 1_000 - KEPT_US;
      const { judged, bad, summary } = await verifyProbes({ store, warehouse, validator }, before);
      countSummary(summary, metrics);
      await tellFindings(exports.state, validator, bad.map(syntheticFinding), log);
      if (judged.length > 0) log.info({ judged: judged.length }, summaryLine(summary));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError)) throw error;
      log.warn({ code: error.code, error }, "synthetics not judged; tried again");
    }
  }
}

async function tellFindings(
  state: AuditState,
  validator: Hotkey,
  found: readonly ReturnType<typeof syntheticFinding>[],
  log: Logger,
): Promise<void> {
  const fresh = await state.addFindings(found.map((one) => exportFinding(validator, one)));
  for (const { kind, severity, subject, detail } of fresh) {
    const level = severity === "critical" ? "error" : "warn";
    // The older auditor's words, so that whoever searched its log for them finds them here.
    const legacy = kind === "SYNTHETIC_MISSING" ? "SYNTHETIC IS MISSING!" : "synthetic differs";
    log[level]({ kind, subject, detail }, legacy);
  }
}
