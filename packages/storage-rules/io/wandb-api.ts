import { CodedError } from "@neurond/primitives";
import type { Secret } from "@neurond/runtime";
import { type OpenAnswer, type Outgoing, readBounded, sendDirectly } from "@neurond/runtime/client";
import type { StorageRulesCode } from "@neurond/storage-rules";
import { z } from "zod";
import { Answered, CREATE_FILES, Created, UPSERT, Upserted } from "./wandb-graphql.ts";

/** Where wandb is, and whose account counts. */
export interface WandbServer {
  readonly baseUrl: string;
  readonly apiKey: Secret;
  /** For each request, with its answer. */
  readonly timeoutMs?: number;
}

/** A run as wandb is told of it: whoever tells it twice changes nothing. */
export interface WandbRun {
  readonly id: string;
  readonly project: string;
  readonly entity: string;
  readonly notes: string;
  readonly tags: readonly string[];
}

/** Where wandb keeps a run. */
export interface WandbPlace {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
}

/** What is added to a run. Nothing at all says that it is still running. */
export interface WandbAddition {
  /** Lines by their place in the run: sent twice, they are there once. */
  readonly history?: { readonly offset: number; readonly lines: readonly string[] };
  /** Takes the place of the summary before. */
  readonly summary?: string;
  /** Names of files that are there now. */
  readonly uploaded?: readonly string[];
  readonly isComplete?: boolean;
}

/** A file of a run, by its name there. */
export interface WandbFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1_048_576;
const MAX_REASON = 200;
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The requests of wandb's own client that a run of rows and files takes. Each throws a CodedError:
 * WANDB_UNAVAILABLE when it may succeed later (`retryAfterMs` where the server said when),
 * WANDB_KEY_REFUSED when no request will, WANDB_REFUSED when this one won't.
 */
export class WandbApi {
  readonly #base: URL;
  readonly #key: string;
  /** As it goes over the wire; no less a secret. */
  readonly #credentials: string;
  readonly #timeoutMs: number;

  constructor({ baseUrl, apiKey, timeoutMs = TIMEOUT_MS }: WandbServer) {
    this.#base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    this.#key = apiKey.reveal();
    this.#credentials = Buffer.from(`api:${this.#key}`).toString("base64");
    this.#timeoutMs = timeoutMs;
  }

  /** Makes a run, or finds the one of that id. */
  async begin({ id, ...about }: WandbRun, signal: AbortSignal): Promise<WandbPlace> {
    const variables = { name: id, ...about, config: "{}" };
    const data = await this.#ask("UpsertBucket", UPSERT, variables, signal);
    const { bucket } = this.#shaped(Upserted, data).upsertBucket;
    return { id: bucket.name, project: bucket.project.name, entity: bucket.project.entity.name };
  }

  /** Adds to a run. */
  async add(place: WandbPlace, addition: WandbAddition, signal: AbortSignal): Promise<void> {
    const { history, summary, uploaded = [], isComplete = false } = addition;
    const files = {
      ...(history && {
        "wandb-history.jsonl": { offset: history.offset, content: history.lines },
      }),
      ...(summary !== undefined && { "wandb-summary.json": { offset: 0, content: [summary] } }),
    };
    const body = {
      ...(Object.keys(files).length > 0 && { files }),
      ...(uploaded.length > 0 && { uploaded }),
      ...(isComplete && { complete: true, exitcode: 0 }),
    };
    const path = [place.entity, place.project, place.id].map(encodeURIComponent).join("/");
    const text = await this.#post(`files/${path}/file_stream`, body, signal);
    // Whatever else says yes has not taken the rows.
    this.#shaped(z.looseObject({}), parsed(text));
  }

  /**
   * Uploads files; `add` says afterwards that they are there. Where they go is another server, so its
   * failures are WANDB_REFUSED and hold up no rows: what is in a file is in the next one as well.
   */
  async upload(
    { entity, project, id }: WandbPlace,
    files: readonly WandbFile[],
    signal: AbortSignal,
  ): Promise<void> {
    const variables = { entity, project, run: id, files: files.map((file) => file.name) };
    const data = await this.#ask("CreateRunFiles", CREATE_FILES, variables, signal);
    const made = this.#shaped(Created, data).createRunFiles;
    const headers = (made.uploadHeaders ?? []).map((line): [string, string] => {
      const [title = "", ...value] = line.split(":");
      return [title.trim(), value.join(":").trim()];
    });
    for (const { name, content } of files) {
      const target = made.files.find((file) => file.name === name)?.uploadUrl ?? "";
      if (target === "") throw this.#unavailable("names no place for a file");
      const url = new URL(target, this.#base);
      // A place for a file is signed by itself, and may be at another host: the key does not go there.
      const headed = [...headers, ["content-length", `${content.length}`] as const];
      await this.#put(url, { headers: headed, body: content }, signal);
    }
  }

  async #put(
    url: URL,
    sent: Pick<Outgoing, "headers" | "body">,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#send(url, { method: "PUT", ...sent }, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const message = `${url.host} does not take a file: ${(cause as Error).message}`;
      throw new CodedError<StorageRulesCode>("WANDB_REFUSED", message, {}, { cause });
    }
  }

  async #ask(
    operationName: string,
    query: string,
    variables: object,
    signal: AbortSignal,
  ): Promise<unknown> {
    const text = await this.#post("graphql", { operationName, query, variables }, signal);
    const { data, errors } = this.#shaped(Answered, parsed(text));
    // Its refusals have a status; what comes with 200 is a fault on its side as often as on ours.
    const [error] = errors ?? [];
    if (error) throw this.#unavailable(`says ${this.#quoted(error.message)} to ${operationName}`);
    return data;
  }

  #post(path: string, content: object, signal: AbortSignal): Promise<string> {
    const body = new TextEncoder().encode(JSON.stringify(content));
    const headers = [
      ["authorization", `Basic ${this.#credentials}`],
      ["content-type", "application/json"],
      ["content-length", `${body.length}`],
    ] as const;
    return this.#send(new URL(path, this.#base), { method: "POST", headers, body }, signal);
  }

  async #send(url: URL, outgoing: Omit<Outgoing, "signal">, signal: AbortSignal): Promise<string> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    let answer: OpenAnswer;
    let text: string;
    try {
      answer = await sendDirectly(url, {
        ...outgoing,
        signal: AbortSignal.any([signal, deadline]),
      });
      text = new TextDecoder().decode(await readBounded(answer, MAX_ANSWER_BYTES));
    } catch (error) {
      signal.throwIfAborted();
      const why = deadline.aborted ? "does not answer in time" : reasonOf(error);
      throw this.#unavailable(why, { cause: error });
    }
    if (answer.ok) return text;
    throw this.#refusal(answer, text);
  }

  #refusal({ status, headers }: OpenAnswer, text: string): CodedError<StorageRulesCode> {
    const said = `answers with status ${status} (${this.#quoted(text)})`;
    if (status === 408 || status === 429 || status >= 500) {
      return this.#unavailable(said, { retryAfterMs: retryAfterMs(headers.get("retry-after")) });
    }
    if (status === 401 || status === 403) {
      const message = `wandb ${said}: check WANDB_API_KEY and wandb.entity`;
      return new CodedError<StorageRulesCode>("WANDB_KEY_REFUSED", message, { status });
    }
    return new CodedError<StorageRulesCode>("WANDB_REFUSED", `wandb ${said}`, { status });
  }

  #unavailable(
    what: string,
    { retryAfterMs = 0, cause }: { retryAfterMs?: number; cause?: unknown } = {},
  ): CodedError<StorageRulesCode> {
    const message = `wandb at ${this.#base.origin} ${what}`;
    return new CodedError<StorageRulesCode>(
      "WANDB_UNAVAILABLE",
      message,
      { retryAfterMs },
      { cause },
    );
  }

  #shaped<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
    const found = shape.safeParse(value);
    // A login page in front of the network answers everything, with status 200.
    if (!found.success) throw this.#unavailable("answers with something else than wandb does");
    return found.data;
  }

  /** A server's text for a log: short, in one line, and without the key if it echoes that. */
  #quoted(text: string): string {
    const secrets = [this.#key, this.#credentials];
    const shown = secrets
      .reduce((left, secret) => left.replaceAll(secret, "[redacted]"), text)
      .replaceAll(/\p{C}+|\s+/gu, " ");
    return JSON.stringify(shown.toWellFormed().trim().slice(0, MAX_REASON));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `cannot be reached (${code ?? message})`;
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfterMs(text: string | null): number {
  if (text === null) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : 0;
}
