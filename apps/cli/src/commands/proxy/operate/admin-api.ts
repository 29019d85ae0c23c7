import { readFile } from "node:fs/promises";
import { CodedError, isAbort, isCoded } from "@neurond/primitives";
import { readBounded } from "@neurond/runtime";
import { z } from "zod";
import type { Parameter } from "../../../action.ts";
import type { Call } from "../../../call.ts";
import type { UsageCode } from "../../../failures.ts";
import type { ProxyCommandCode } from "./errors.ts";

const ANSWER_MS = 10_000;
/** Ledgers are long, and disks are slow. */
const EXPORT_MS = 3_600_000;
const MAX_BYTES = 16 * 1024 ** 2;
const ErrorBody = z.object({ detail: z.string(), code: z.string() });

/** Options that say which proxy is operated, and with what right. */
export const ADMIN_OPTIONS: readonly Parameter[] = [
  {
    flags: "--admin <url>",
    description:
      "admin plane of the proxy (REVERSE_PROXY_ADMIN_LISTEN; default: http://127.0.0.1:9092)",
  },
  {
    flags: "--token-file <file>",
    description:
      "file with its token (REVERSE_PROXY_ADMIN_TOKEN_FILE, or the token in REVERSE_PROXY_ADMIN_TOKEN)",
  },
];

interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the admin plane's own; parts of it from outside are encoded. */
  readonly path: string;
  readonly body?: object;
  readonly timeoutMs?: number;
}

/** The admin plane of one reverse proxy. */
export class AdminApi {
  readonly #url: URL;
  readonly #token: string;
  readonly #signal: AbortSignal;

  private constructor(url: URL, token: string, signal: AbortSignal) {
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  /** The proxy that a call names. @throws CodedError PROXY_TOKEN_MISSING, INPUT_INVALID, USAGE */
  static async of(call: Call): Promise<AdminApi> {
    return new AdminApi(urlOf(call), await tokenOf(call), call.signal);
  }

  /** Asks, and takes an answer of a shape. @throws CodedError PROXY_UNREACHABLE, PROXY_REFUSED, PROXY_MALFORMED */
  async ask<Schema extends z.ZodType>(schema: Schema, ask: Ask): Promise<z.infer<Schema>> {
    const response = await this.#send(ask);
    const bytes = await this.#reach(() => readBounded(response, MAX_BYTES));
    const text = new TextDecoder().decode(bytes);
    const parsed = schema.safeParse(text === "" ? {} : jsonOf(text));
    if (parsed.success) return parsed.data;
    const message = `${this.#url.origin} sent an answer of another shape: is it the admin plane of a proxy of this version?`;
    throw new CodedError<ProxyCommandCode>("PROXY_MALFORMED", message);
  }

  /** The bytes of a long answer as they come. */
  async open(path: string): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#send({ path, timeoutMs: EXPORT_MS });
    return body ?? (async function* () {})();
  }

  async #send({ method = "GET", path, body, timeoutMs = ANSWER_MS }: Ask): Promise<Response> {
    const response = await this.#reach(() =>
      fetch(new URL(path, this.#url), {
        method,
        // A redirect would take the token elsewhere.
        redirect: "error",
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]),
      }),
    );
    if (response.ok) return response;
    const bytes = await this.#reach(() => readBounded(response, MAX_BYTES));
    const { data } = ErrorBody.safeParse(jsonOf(new TextDecoder().decode(bytes)));
    const said = data ? `${data.code}: ${data.detail}` : `HTTP ${response.status} for ${path}`;
    throw new CodedError<ProxyCommandCode>("PROXY_REFUSED", said, {
      url: this.#url.origin,
      status: response.status,
      ...(data && { code: data.code }),
    });
  }

  async #reach<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (cause) {
      this.#signal.throwIfAborted();
      if (isCoded(cause)) throw cause;
      const why = isAbort(cause) ? "in time" : "at all";
      const message = `${this.#url.origin} does not answer ${why}: does the proxy run, with admin.token set?`;
      throw new CodedError<ProxyCommandCode>("PROXY_UNREACHABLE", message, {}, { cause });
    }
  }
}

/** As the proxy's own setting is written: host:port, or a port of this machine. */
function urlOf(call: Call): URL {
  const given = call.given("admin") ?? call.env["REVERSE_PROXY_ADMIN_LISTEN"] ?? "9092";
  const place = /^\d+$/.test(given) ? `127.0.0.1:${given}` : given;
  const url = URL.parse(/^https?:\/\//.test(place) ? place : `http://${place}`);
  if (url !== null) return url;
  throw new CodedError<UsageCode>("USAGE", `--admin ${given} is no http(s) URL and no host:port`);
}

async function tokenOf(call: Call): Promise<string> {
  const file = tokenFileOf(call);
  const token = file === undefined ? call.env["REVERSE_PROXY_ADMIN_TOKEN"] : await read(file);
  if (token !== undefined && token.trim() !== "") return token.trim();
  throw new CodedError<ProxyCommandCode>(
    "PROXY_TOKEN_MISSING",
    "give the token of the admin plane: --token-file, or REVERSE_PROXY_ADMIN_TOKEN",
  );
}

/** Where the token is kept, if it is in a file. */
export function tokenFileOf(call: Call): string | undefined {
  const given = call.given("token-file");
  if (given !== undefined) return given;
  // As in the proxy's own settings, the value wins over the file.
  const isSaid = call.env["REVERSE_PROXY_ADMIN_TOKEN"] !== undefined;
  return isSaid ? undefined : call.env["REVERSE_PROXY_ADMIN_TOKEN_FILE"];
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const message = `${file} cannot be read: ${(cause as Error).message}`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { file }, { cause });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
