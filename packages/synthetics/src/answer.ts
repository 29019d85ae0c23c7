/** Bytes of an answer as base64, as traces carry them. */
export interface Media {
  readonly contentType: string;
  readonly base64: string;
}

/** What an answer came to. */
export interface AnswerContent {
  /** Words of a language model, or of a transcript; its first 100,000 characters. */
  readonly text: string;
  readonly media: Media | null;
  /** A result that is neither: vectors, verdicts. */
  readonly json: unknown;
  /** As the answer states them; null where it does not. */
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
  /** The gateway's code, or the model's words; null when nothing failed. */
  readonly error: string | null;
}

const MAX_TEXT = 100_000;
const MAX_ERROR = 300;
/** Tokens counted by their probabilities may be off by one, which must stay within 5 %. */
const LEAST_COUNT = 20;

/** Gathers an answer, whether it comes with a trace, as a stream, or in one piece. Never throws. */
export class AnswerLog {
  readonly #onText: (delta: string) => void;
  #text = "";
  #media: Media | null = null;
  #json: unknown = null;
  #usage: { readonly tokensIn: number | null; readonly tokensOut: number | null } | null = null;
  #counted = 0;
  #error: string | null = null;

  /** `onText` is told words as they come. */
  constructor(onText: (delta: string) => void = () => undefined) {
    this.#onText = onText;
  }

  /** Another target begins: what an earlier one said is no part of the answer, though it was told. */
  restart(): void {
    this.#text = "";
    this.#media = null;
    this.#json = null;
    this.#usage = null;
    this.#counted = 0;
  }

  /** An event of a trace: `{result}` or `{error}`; others say nothing of the answer. */
  event(event: unknown): void {
    if (!isRecord(event)) return;
    if ("error" in event) this.#fail(event["error"]);
    const result = event["result"];
    if (typeof result === "string") for (const line of result.split("\n")) this.line(line);
    else if (isRecord(result)) this.#result(result);
  }

  /** A line of a model's own event stream. */
  line(line: string): void {
    if (!line.startsWith("data:")) return;
    const chunk = parsed(line.slice("data:".length));
    if (isRecord(chunk)) this.#chunk(chunk);
  }

  /** A body in one piece, as text. */
  body(text: string): void {
    this.#value(parsed(text) ?? text);
  }

  media(media: Media): void {
    this.#media = media;
  }

  get content(): AnswerContent {
    const counted = this.#counted >= LEAST_COUNT ? this.#counted : null;
    return {
      text: this.#text,
      media: this.#media,
      json: this.#json,
      tokensIn: this.#usage?.tokensIn ?? null,
      tokensOut: this.#usage?.tokensOut ?? counted,
      error: this.#error,
    };
  }

  #result(result: Readonly<Record<string, unknown>>): void {
    const { content_type: type, bytes, text, json } = result as Partial<Record<string, unknown>>;
    if (typeof bytes === "string") {
      this.#media = { contentType: typeof type === "string" ? type : "", base64: bytes };
    } else if (typeof text === "string") this.#add(text);
    else if (json !== undefined) this.#value(json);
  }

  /** What a transcript or a whole completion says is text, anything else is kept as it is. */
  #value(value: unknown): void {
    this.#json = value;
    if (typeof value === "string") this.#add(value);
    if (!isRecord(value)) return;
    if (typeof value["text"] === "string") this.#add(value["text"]);
    this.#chunk(value);
  }

  #chunk(chunk: Readonly<Record<string, unknown>>): void {
    if (chunk["error"] !== undefined && chunk["error"] !== null) this.#fail(chunk["error"]);
    const usage = chunk["usage"];
    if (isRecord(usage)) {
      const [tokensIn, tokensOut] = [usage["prompt_tokens"], usage["completion_tokens"]].map(count);
      this.#usage = { tokensIn: tokensIn ?? null, tokensOut: tokensOut ?? null };
    }
    const choices = chunk["choices"];
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (!isRecord(choice)) return;
    const piece = isRecord(choice["delta"]) ? choice["delta"] : choice["message"];
    const words = isRecord(piece) ? piece["content"] : choice["text"];
    if (typeof words === "string") this.#add(words);
    this.#counted += tokensOf(choice["logprobs"]);
  }

  #add(words: string): void {
    if (words === "") return;
    this.#text += words.slice(0, MAX_TEXT - this.#text.length);
    this.#onText(words);
  }

  #fail(error: unknown): void {
    const text = typeof error === "string" ? error : (JSON.stringify(error) ?? "unknown");
    this.#error ??= text.slice(0, MAX_ERROR);
  }
}

/** Chats list their tokens under `content`, completions under `tokens`. */
function tokensOf(logprobs: unknown): number {
  if (!isRecord(logprobs)) return 0;
  const list = logprobs["content"] ?? logprobs["tokens"];
  return Array.isArray(list) ? list.length : 0;
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
