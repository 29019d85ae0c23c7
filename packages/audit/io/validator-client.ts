import { createHash } from "node:crypto";
import { Tail } from "@neurond/audit";
import { entryLeaf, type FamilyId } from "@neurond/ledger";
import { type Hotkey, type RunId, toHex } from "@neurond/primitives";
import { z } from "zod";
import { type Fetched, getPublic, type HttpLimits } from "./public-http.ts";

const MIB = 1_048_576;
const MAX_PAGES = 20;

const Entries = z.object({ from: z.int().min(0), entries: z.array(z.string()).min(1).max(4096) });
const Size = z.object({ size: z.int().min(0) });
const Hashes = z.object({ hashes: z.array(z.string()).max(64) });
const EvidencePage = z.object({
  items: z.array(z.unknown()).max(1000),
  next: z.int().nullish(),
});

/** Requests in a row that nobody answered, after which nobody is asked again. */
const MAX_SILENCE = 2;

/**
 * The public routes of one validator, as an outsider uses them for one audit. Whoever does not answer
 * is given up, so that a dead server costs a few time-outs and not one for each of its entries.
 */
export class ValidatorClient {
  readonly #url: string;
  readonly #limits: HttpLimits;
  readonly #signal: AbortSignal;
  #silence = 0;

  constructor(url: string, limits: HttpLimits, signal: AbortSignal) {
    this.#url = url;
    this.#limits = limits;
    this.#signal = signal;
  }

  /** The text of a report: the validator's own, or its copy of another's. */
  async report(runId: RunId, familyId: FamilyId, of?: Hotkey): Promise<Fetched> {
    const query = { family_id: familyId, ...(of === undefined ? {} : { validator: of }) };
    return this.#get(`/v1/consensus/scores/${runId}`, query, MIB);
  }

  /** Entries `from` up to `to`, page by page; what came before something failed is given up. */
  async entries(
    from: number,
    to: number,
    maxBytes: number,
  ): Promise<{ readonly texts: readonly string[] } | { readonly reason: string }> {
    const texts: string[] = [];
    let bytes = 0;
    while (from + texts.length < to) {
      const next = from + texts.length;
      const page = await this.#json("/v1/log/entries", { from: next, to }, 6 * MIB, Entries);
      if ("reason" in page) return page;
      const { entries } = page.value;
      if (page.value.from !== next || next + entries.length > to)
        return { reason: "LOG_MALFORMED" };
      texts.push(...entries);
      bytes += entries.reduce((sum, text) => sum + text.length, 0);
      if (bytes > maxBytes) return { reason: "LOG_TOO_LARGE" };
    }
    return { texts };
  }

  /** How many entries the log has now; null when it does not say. */
  async size(): Promise<number | null> {
    const found = await this.#json("/v1/log/checkpoint", {}, 65_536, Size);
    return "reason" in found ? null : found.value.size;
  }

  /** The signed head the log had at a size; null when none is served. */
  async checkpoint(size: number): Promise<unknown> {
    const found = await this.#json(`/v1/log/checkpoint/${size}`, {}, 65_536, z.unknown());
    return "reason" in found ? null : found.value;
  }

  /** Hashes that prove that one head grew out of another; null when none are served. */
  async growth(from: number, to: number): Promise<readonly string[] | null> {
    const found = await this.#json("/v1/log/proof/growth", { from, to }, 65_536, Hashes);
    return "reason" in found ? null : found.value.hashes;
  }

  /** The last entry of a log of `size` entries, with its proof in the log of `under` entries. */
  async tail(size: number, under: number): Promise<Tail | null> {
    const index = size - 1;
    const entry = await this.entries(index, size, 8 * MIB);
    const [text] = "texts" in entry ? entry.texts : [];
    const proof = await this.#json("/v1/log/proof/entry", { index, size: under }, 65_536, Hashes);
    if (text === undefined || !text.isWellFormed() || "reason" in proof) return null;
    const { hashes } = proof.value;
    const parsed = Tail.safeParse({ index, leaf_hash: toHex(entryLeaf(text)), proof: hashes });
    return parsed.success ? parsed.data : null;
  }

  /** A body by its hash; anything else than that counts as nothing. */
  async body(sha256: string, maxBytes: number): Promise<Uint8Array | null> {
    const found = await this.#get(`/v1/bodies/${sha256}`, {}, maxBytes);
    if (!found.ok) return null;
    const own = createHash("sha256").update(found.bytes).digest("hex");
    return own === sha256 ? found.bytes : null;
  }

  /** Evidence that is published here, as far as a few pages hold. */
  async evidence(): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    let after = 0;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await this.#json("/v1/consensus/evidence", { after }, 4 * MIB, EvidencePage);
      if ("reason" in page) break;
      items.push(...page.value.items);
      const { next } = page.value;
      if (typeof next !== "number" || next <= after) break;
      after = next;
    }
    return items;
  }

  async #json<Value>(
    path: string,
    query: Readonly<Record<string, string | number>>,
    maxBytes: number,
    schema: z.ZodType<Value>,
  ): Promise<{ readonly value: Value } | { readonly reason: string }> {
    const found = await this.#get(path, query, maxBytes);
    if (!found.ok) return { reason: found.reason };
    const parsed = schema.safeParse(parseJson(found.bytes));
    return parsed.success ? { value: parsed.data } : { reason: "ANSWER_MALFORMED" };
  }

  async #get(
    path: string,
    query: Readonly<Record<string, string | number>>,
    maxBytes: number,
  ): Promise<Fetched> {
    if (this.#silence >= MAX_SILENCE) return { ok: false, reason: "UNREACHABLE" };
    const url = new URL(path, this.#url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const options = { limits: this.#limits, maxBytes, signal: this.#signal };
    const fetched = await getPublic(url, options);
    const isSilent = !fetched.ok && SILENT.includes(fetched.reason);
    this.#silence = isSilent ? this.#silence + 1 : 0;
    return fetched;
  }
}

const SILENT = ["UNREACHABLE", "TIMEOUT"];

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
