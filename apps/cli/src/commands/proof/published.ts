import { parseProof, reportUrl, type StatedProof } from "@neurond/exports";
import { CodedError } from "@neurond/primitives";
import { hotkeySetting, readBounded } from "@neurond/runtime";
import { z } from "zod";
import type { UsageCode } from "../../failures.ts";
import type { ProofCommandCode } from "./errors.ts";

const MAX_PROOF_BYTES = 32 * 1_048_576;
const MAX_REPORT_BYTES = 64 * 1_048_576;
const ANSWER_MS = 60_000;

/** The slice that a proof is about, as its validator says; nothing of it is believed before the chain says so. */
const Entry = z.object({
  entry_id: z.string(),
  netuid: z.int().min(0).max(65_535).optional(),
  hotkey: hotkeySetting,
  block: z.int().nonnegative(),
  path: z.string().max(200),
  start_time: z.string(),
  end_time: z.string(),
});
export type Entry = z.output<typeof Entry>;

/** A proof and the slice it is about. */
export interface PublishedProof extends StatedProof {
  readonly entry: Entry;
}

/** Reads a proof as routes and files have it. */
export function readProof(text: string): PublishedProof {
  try {
    const { entry } = z.object({ entry: Entry }).parse(JSON.parse(text));
    return { ...parseProof(text), entry };
  } catch (cause) {
    const message =
      "this is no proof: give an invocation id with --url, or what /audit/proof answered";
    throw new CodedError<UsageCode>("INPUT_INVALID", message, {}, { cause });
  }
}

/** What a validator answers about an invocation, in one slice or in whichever has it. */
export async function fetchProof(
  base: URL,
  about: { readonly id: string; readonly entry: string | undefined },
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(`${withoutSlash(base)}/audit/proof/${encodeURIComponent(about.id)}`);
  if (about.entry !== undefined) url.searchParams.set("entry_id", about.entry);
  return new TextDecoder().decode(await download(url, MAX_PROOF_BYTES, signal));
}

/** The bytes of a report. */
export function fetchReport(base: URL, path: string, signal: AbortSignal): Promise<Uint8Array> {
  return download(new URL(reportUrl(withoutSlash(base), path)), MAX_REPORT_BYTES, signal);
}

/** The bytes behind a url, piece by piece. */
export async function openDownload(url: URL, signal: AbortSignal): Promise<Response> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const response = await fetch(url, { signal: bounded, redirect: "error" }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw unavailable(url, "did not answer", cause);
    },
  );
  if (response.ok) return response;
  await response.body?.cancel();
  throw unavailable(url, `answered ${response.status}`);
}

async function download(url: URL, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  return readBounded(await openDownload(url, signal), limit);
}

export const withoutSlash = (base: URL): string => base.href.replace(/\/+$/, "");

const unavailable = (url: URL, what: string, cause?: unknown) =>
  new CodedError<ProofCommandCode>(
    "PROOF_UNAVAILABLE",
    `${url.origin}${url.pathname} ${what}`,
    { url: url.href },
    { cause },
  );
