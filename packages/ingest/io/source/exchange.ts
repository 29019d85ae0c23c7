import { type IngestCode, ingestError } from "@neurond/ingest";
import { CodedError, isAbort } from "@neurond/primitives";
import type { CheckedFetch } from "@neurond/registry/io";
import { type Pace, PaceMaker } from "./pump.ts";

/** What a request is made with. */
export interface Asking {
  readonly fetch: CheckedFetch;
  readonly pace: Pace;
}

/**
 * One request whose answer `take` reads; whatever goes wrong on the way becomes a code that says whether
 * to try again. Types of content are not looked at: digests and parsers judge what came.
 */
export async function exchange<T>(
  { fetch, pace }: Asking,
  url: URL,
  headers: Readonly<Record<string, string>>,
  take: (response: Response, pace: PaceMaker) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const what = `${url.host}${url.pathname}`;
  using maker = new PaceMaker(what, pace);
  const either = AbortSignal.any([signal, maker.signal]);
  try {
    const response = await fetch(url, {
      headers: { accept: "*/*", "accept-encoding": "identity", ...headers },
      signal: either,
    });
    try {
      checkStatus(what, response);
      maker.begin();
      return await take(response, maker);
    } catch (error) {
      await response.body?.cancel().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    signal.throwIfAborted();
    maker.signal.throwIfAborted();
    throw explained(what, error);
  }
}

/** Whether the same request may succeed in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof CodedError && error.code === ("SOURCE_UNREACHABLE" satisfies IngestCode);
}

/** 416 is left to who asked for a range. */
function checkStatus(what: string, { status, headers }: Response): void {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw ingestError("SOURCE_REFUSED", `${what} answered in encoding ${encoding}, unasked`);
  }
  if (status === 200 || status === 206 || status === 416) return;
  const text = `${what} answered with status ${status}`;
  if (status === 404 || status === 410) throw ingestError("SOURCE_MISSING", text, { status });
  const isBusy = status === 429 || status === 408 || status >= 500;
  throw ingestError(isBusy ? "SOURCE_UNREACHABLE" : "SOURCE_REFUSED", text, { status });
}

/** Files and limits speak for themselves; all else is the line or its other end. */
function explained(what: string, error: unknown): unknown {
  if (error instanceof CodedError && error.code !== "HOST_UNRESOLVED") return error;
  if (isAbort(error) || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && FILE_CALLS.includes(syscall)) return error;
  const text = `${what} could not be read: ${code ?? error.message.split("\n", 1)[0]}`;
  return ingestError("SOURCE_UNREACHABLE", text, {}, error);
}

const FILE_CALLS: readonly string[] = ["open", "write", "fsync", "rename", "mkdir", "ftruncate"];
