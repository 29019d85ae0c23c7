import { type Micros, SECOND_US } from "../time.ts";

/** One target a request of ours was sent to, as the trace of the answer tells it. */
export interface Attempt {
  readonly parentInvocationId: string;
  /** The `child_id` of the trace: the invocation id of the export. */
  readonly invocationId: string;
  readonly chuteId: string;
  readonly functionName: string;
  readonly instanceId: string;
  readonly minerUid: number;
  readonly minerHotkey: string;
  readonly attemptedAt: Micros;
  /** When success or failure was told; null when the answer ended before that. */
  readonly settledAt: Micros | null;
  readonly hasError: boolean;
}

/** What a trace did that it must not; an honest one does none of it. */
export type TraceFault =
  | "line_too_long"
  | "not_json"
  | "event_malformed"
  | "too_many_attempts"
  | "attempt_repeated"
  | "outcome_without_attempt";

/** How much of a trace is taken in. */
export interface TraceLimits {
  /** Characters of one line; results with images and audio are long. */
  readonly maxLine: number;
  /** A validator tries five targets at most. */
  readonly maxAttempts: number;
}

export const TRACE_LIMITS: TraceLimits = { maxLine: 64 * 1024 * 1024, maxAttempts: 5 };

const PREFIX = "data: ";
const TARGET = /\btarget=(\S{1,128}) uid=(\d{1,5}) hotkey=(\S{1,64}) coldkey=(\S{1,64}?)(?::|\s|$)/;
const STAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)?$/;

interface TraceEvent {
  readonly parentInvocationId: string;
  readonly invocationId: string;
  readonly chuteId: string;
  readonly functionName: string;
  readonly at: Micros;
  readonly kind: "attempting" | "succeeded" | "failed";
  readonly instanceId: string;
  readonly minerUid: number;
  readonly minerHotkey: string;
}

/** The attempts of one answer, gathered line by line; what it keeps is bounded whatever is sent. */
export class TraceLog {
  readonly #limits: TraceLimits;
  readonly #attempts = new Map<string, Attempt>();
  readonly #faults = new Set<TraceFault>();

  constructor(limits: TraceLimits = TRACE_LIMITS) {
    this.#limits = limits;
  }

  /** Takes one line of the event stream; never throws. Returns the parsed event for whoever renders it. */
  read(line: string): unknown {
    if (line.length > this.#limits.maxLine) return this.#fault("line_too_long");
    if (!line.startsWith(PREFIX)) return null;
    const event = parsed(line.slice(PREFIX.length));
    if (event === undefined) return this.#fault("not_json");
    if (isRecord(event) && "trace" in event) this.#take(event["trace"]);
    return event;
  }

  /** In the order they were made. */
  get attempts(): readonly Attempt[] {
    return [...this.#attempts.values()];
  }

  /** Each kind once, however often it occurred. */
  get faults(): readonly TraceFault[] {
    return [...this.#faults];
  }

  #take(trace: unknown): void {
    const event = traceEvent(trace);
    if (event === undefined) this.#fault("event_malformed");
    if (event === undefined || event === null) return;
    if (event.kind === "attempting") this.#open(event);
    else this.#settle(event);
  }

  #open({ at, kind: _, ...target }: TraceEvent): void {
    if (this.#attempts.has(target.invocationId)) this.#fault("attempt_repeated");
    else if (this.#attempts.size >= this.#limits.maxAttempts) this.#fault("too_many_attempts");
    else {
      const opened = { ...target, attemptedAt: at, settledAt: null, hasError: false };
      this.#attempts.set(target.invocationId, opened);
    }
  }

  /** Only the last attempt can be settled: targets are tried one after the other. */
  #settle({ at, kind, instanceId, minerHotkey }: TraceEvent): void {
    const last = this.attempts.at(-1);
    const isOfLast =
      last?.settledAt === null &&
      last.instanceId === instanceId &&
      last.minerHotkey === minerHotkey;
    if (!isOfLast) this.#fault("outcome_without_attempt");
    else {
      const settled = { ...last, settledAt: at, hasError: kind === "failed" };
      this.#attempts.set(last.invocationId, settled);
    }
  }

  #fault(fault: TraceFault): null {
    this.#faults.add(fault);
    return null;
  }
}

/** Microseconds of a naive UTC timestamp with none to six decimals; null when it is none. */
export function parseTimestamp(text: string): Micros | null {
  const [, day, time, fraction = ""] = STAMP.exec(text) ?? [];
  const seconds = Date.parse(`${day}T${time}Z`) / 1000;
  return Number.isNaN(seconds) ? null : seconds * SECOND_US + Number(fraction.padEnd(6, "0"));
}

/** Null: an event that names no target, such as how many were available. Undefined: one that is broken. */
function traceEvent(trace: unknown): TraceEvent | null | undefined {
  if (!isRecord(trace)) return undefined;
  const message = textOf(trace["message"]);
  if (message === null) return undefined;
  const kind = kindOf(message);
  if (kind === null) return null;
  const [, instanceId, uid, minerHotkey] = TARGET.exec(message) ?? [];
  const [parent, child] = [textOf(trace["invocation_id"]), textOf(trace["child_id"])];
  const at = parseTimestamp(textOf(trace["timestamp"]) ?? "");
  if (instanceId === undefined || uid === undefined || minerHotkey === undefined) return undefined;
  if (parent === null || child === null || at === null) return undefined;
  return {
    parentInvocationId: parent,
    invocationId: child,
    chuteId: textOf(trace["chute_id"]) ?? "",
    functionName: textOf(trace["function"]) ?? "",
    at,
    kind,
    instanceId,
    minerUid: Number(uid),
    minerHotkey,
  };
}

function kindOf(message: string): TraceEvent["kind"] | null {
  if (message.startsWith("attempting to query target=")) return "attempting";
  if (message.startsWith("successfully called function=")) return "succeeded";
  return message.startsWith("error encountered while querying target=") ? "failed" : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
