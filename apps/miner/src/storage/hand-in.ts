import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@neurond/runtime";
import { z } from "zod";

/** What handing proofs in needs. */
export interface HandInDeps {
  /** Where proofs are kept. */
  readonly evidence: string;
  readonly auditors: readonly string[];
  readonly log: Logger;
}

const ANSWER_MS = 30_000;
/** In one look, so that many proofs hold up nothing else; auditors take thirty a minute. */
const MAX_AT_ONCE = 20;
const BOOK = "handed-in.json";
const Book = z.record(z.string(), z.array(z.string()));

/**
 * Sends every auditor the proofs of wrong tags that it has not answered for. An auditor that refuses one
 * will do so again; one that is busy or away is asked with the next look.
 */
export async function handIn(deps: HandInDeps, signal: AbortSignal): Promise<void> {
  const { evidence, auditors, log } = deps;
  if (auditors.length === 0) return;
  const names = await readdir(evidence).catch(() => []);
  const proofs = names.filter((name) => /^bad-tag\..*\.json$/.test(name)).sort();
  const book = await readBook(evidence);
  const open = auditors.flatMap((auditor) =>
    proofs
      .filter((proof) => !book[auditor]?.includes(proof))
      .slice(0, MAX_AT_ONCE)
      .map((proof) => ({ auditor, proof })),
  );
  const away = new Set<string>();
  for (const { auditor, proof } of open) {
    if (signal.aborted || away.has(auditor)) continue;
    const status = await send(auditor, await readFile(join(evidence, proof)), signal);
    if (status === null || status === 429 || status >= 500) {
      away.add(auditor);
      log.debug({ auditor, status }, "an auditor takes no proof now");
      continue;
    }
    if (status >= 300) log.warn({ auditor, proof, status }, "an auditor refuses a proof");
    else log.info({ auditor, proof }, "proof handed in");
    book[auditor] = [...(book[auditor] ?? []), proof];
    await keepBook(evidence, book);
  }
}

/** The status of the answer; null when there is none. */
async function send(auditor: string, body: Buffer, signal: AbortSignal): Promise<number | null> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const response = await fetch(new URL("/v1/bad-tags", auditor), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Uint8Array.from(body),
      redirect: "error",
      signal: bounded,
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Whatever keeps an auditor from answering is its affair.
    return null;
  }
}

async function readBook(evidence: string): Promise<Record<string, string[]>> {
  const text = await readFile(join(evidence, BOOK), "utf8").catch(() => "{}");
  try {
    return Book.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Not synced: at worst a proof is sent again, which changes nothing. */
async function keepBook(evidence: string, book: Record<string, string[]>): Promise<void> {
  const path = join(evidence, BOOK);
  await writeFile(`${path}.new`, JSON.stringify(book));
  await rename(`${path}.new`, path);
}
