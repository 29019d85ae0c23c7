import type { z } from "zod";
import type { Call } from "./call.ts";
import type { ExitCode } from "./failures.ts";
import type { SharedOptionName } from "./options.ts";
import type { Output, View } from "./output.ts";

/** An argument or option of one command only, in commander's notation. */
export interface Parameter {
  readonly flags: string;
  readonly description: string;
}

/** One command, declared: what it takes, what it gives, and how people are shown it. */
export interface ActionDefinition<Result> {
  readonly name: string;
  readonly summary: string;
  /** What the summary cannot say, as paragraphs. */
  readonly description?: string;
  readonly args?: readonly Parameter[];
  /** Shared options that mean something to this command. */
  readonly shared?: readonly SharedOptionName[];
  readonly options?: readonly Parameter[];
  /** Its `--config` is a file in a format of its own, which it reads itself. */
  readonly readsConfig?: true;
  /** Whole command lines, without a prompt. */
  readonly examples: readonly string[];
  /** The shape of the JSON result; loaded only by tests and by the reference. */
  readonly schema: () => Promise<z.ZodType<Result>>;
  readonly human: (result: Result, view: View) => string;
  /** Says that a result is a refusal, for callers that look at the exit code only. */
  readonly exitCode?: (result: Result) => ExitCode;
}

/** A command that answers once. */
export interface RunDefinition<Result> extends ActionDefinition<Result> {
  readonly run: (call: Call) => Promise<Result>;
}

/** A command that announces a result and then stays until the call's signal aborts. */
export interface ServeDefinition<Result> extends ActionDefinition<Result> {
  readonly serve: (call: Call, ready: (result: Result) => Promise<void>) => Promise<void>;
}

/** A command with its result type closed over, so that commands of all kinds fit one list. */
export interface Action extends Omit<ActionDefinition<never>, "schema" | "human" | "exitCode"> {
  readonly schema: () => Promise<z.ZodType>;
  readonly execute: (call: Call, output: Output) => Promise<ExitCode>;
}

/**
 * So long an interrupted command may clear up, giving back locks and removing drafts, before the process
 * ends: nobody can break off the derivation of a key.
 */
const CLEAR_UP_MS = 2_000;

/** Makes a command that answers once. An interrupt ends it soon, even in the middle of a computation. */
export function defineAction<Result>(definition: RunDefinition<Result>): Action {
  const { run, human, exitCode, ...rest } = definition;
  return {
    ...rest,
    execute: async (call, output) => {
      call.signal.throwIfAborted();
      const result = await untilInterrupted(run(call), call.signal);
      await output.result(result, human);
      return exitCode?.(result) ?? 0;
    },
  };
}

/** Makes a command that stays. An interrupt is its normal end; the exit code is that of its result. */
export function defineService<Result>(definition: ServeDefinition<Result>): Action {
  const { serve, human, exitCode, ...rest } = definition;
  return {
    ...rest,
    execute: async (call, output) => {
      let code: ExitCode = 0;
      await serve(call, async (result) => {
        code = exitCode?.(result) ?? 0;
        await output.result(result, human);
      });
      return code;
    },
  };
}

async function untilInterrupted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const over = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    timer = setTimeout(() => over.reject(signal.reason), CLEAR_UP_MS);
  };
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await Promise.race([work, over.promise]);
  } catch (error) {
    // Whatever the interrupt made of its calls.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearTimeout(timer);
  }
}
