import { type Attempt, type TraceFault, TraceLog } from "@neurond/incentive";
import { type AnswerContent, AnswerLog } from "@neurond/synthetics";
import type { Deadlines } from "./deadlines.ts";
import { type AnswerLimits, LineCutter } from "./lines.ts";

/** How an answer ended. */
export type Ending = "complete" | "broken" | "too_long" | "too_slow";

/** Who wants to know what while an answer comes. */
export interface SendListener {
  /** An attempt was begun or settled; nothing more is read until this resolves. */
  readonly onAttempt: (attempt: Attempt) => Promise<void>;
  /** A piece of the words of an answer. */
  readonly onText: (delta: string) => void;
}

/** What is ours went wrong while an answer was read: not the answer's fault. */
export class ListenerFailed extends Error {}

/** Reads one answer: as a trace, as a stream of a model, or as one piece. */
export class AnswerReader {
  readonly #response: Response;
  readonly #limits: AnswerLimits;
  readonly #listener: SendListener;
  readonly #trace: TraceLog;
  readonly #log: AnswerLog;
  readonly #isTraced: boolean;
  readonly #told = new Map<string, Attempt>();
  #hasOverlong = false;

  constructor(response: Response, isTraced: boolean, limits: AnswerLimits, listener: SendListener) {
    this.#response = response;
    this.#limits = limits;
    this.#listener = listener;
    this.#isTraced = isTraced;
    this.#trace = new TraceLog({ maxLine: limits.maxLineBytes, maxAttempts: 5 });
    this.#log = new AnswerLog(listener.onText);
  }

  get attempts(): readonly Attempt[] {
    return this.#trace.attempts;
  }

  get faults(): readonly TraceFault[] {
    const own = this.#hasOverlong ? (["line_too_long"] as const) : [];
    return [...new Set([...this.#trace.faults, ...own])];
  }

  get content(): AnswerContent {
    return this.#log.content;
  }

  async read(deadlines: Deadlines): Promise<Ending> {
    const type = this.#response.headers.get("content-type") ?? "";
    const isStream = this.#isTraced || /^text\/event-stream\b/i.test(type);
    const cutter = new LineCutter(this.#limits.maxLineBytes);
    const whole: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#response.body ?? []) {
      deadlines.fed();
      length += piece.length;
      if (length > this.#limits.maxTotalBytes) return "too_long";
      if (isStream) for (const line of cutter.push(piece)) await this.#line(line);
      else whole.push(piece);
    }
    if (isStream) for (const line of cutter.end()) await this.#line(line);
    else this.#whole(type, Buffer.concat(whole));
    return "complete";
  }

  async #line(line: string | null): Promise<void> {
    if (line === null) this.#hasOverlong = true;
    else if (!this.#isTraced) this.#log.line(line);
    else {
      this.#log.event(this.#trace.read(line));
      await this.#tell();
    }
  }

  /** Attempts are told when they begin and when they are settled, each time before the next line is read. */
  async #tell(): Promise<void> {
    for (const attempt of this.attempts) {
      const told = this.#told.get(attempt.invocationId);
      if (told === attempt) continue;
      if (told === undefined) this.#log.restart();
      this.#told.set(attempt.invocationId, attempt);
      await this.#listener.onAttempt(attempt).catch((cause: unknown) => {
        throw new ListenerFailed("an attempt could not be recorded", { cause });
      });
    }
  }

  #whole(contentType: string, bytes: Buffer): void {
    if (/^(application\/json|text\/)/i.test(contentType)) this.#log.body(bytes.toString("utf8"));
    else this.#log.media({ contentType, base64: bytes.toString("base64") });
  }
}
