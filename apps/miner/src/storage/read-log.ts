import { readBounded } from "@neurond/runtime";
import { z } from "zod";

const MIB = 1_048_576;
const ANSWER_MS = 30_000;
/** What a validator gives at once. */
const PAGE_ENTRIES = 256;

const Head = z.object({ size: z.int().min(0) });
const Page = z.object({ from: z.int(), entries: z.array(z.string()).min(1).max(PAGE_ENTRIES) });

/** How many entries a validator's log has. */
export async function logSize(url: string, signal: AbortSignal): Promise<number> {
  return Head.parse(await getJson(new URL("/v1/log/checkpoint", url), 65_536, signal)).size;
}

/** Entries of a validator's log from one on, as many as it gives at once. */
export async function logEntries(
  url: string,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = new URL("/v1/log/entries", url);
  target.searchParams.set("from", String(from));
  target.searchParams.set("to", String(Math.min(to, from + PAGE_ENTRIES)));
  const page = Page.parse(await getJson(target, 8 * MIB, signal));
  if (page.from !== from) throw new RangeError(`entries from ${page.from} on came for ${from}`);
  return page.entries;
}

async function getJson(url: URL, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const response = await fetch(url, { redirect: "error", signal: bounded });
  const bytes = await readBounded(response, maxBytes);
  if (response.status !== 200) throw new RangeError(`${url.pathname} answers ${response.status}`);
  return JSON.parse(Buffer.from(bytes).toString());
}
