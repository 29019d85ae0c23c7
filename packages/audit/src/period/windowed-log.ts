import {
  foldPeaks,
  MerkleBuilder,
  type NodePlace,
  type NodeStore,
  peakPlaces,
  proveInclusion,
  RFC6962,
} from "@neurond/crypto";
import { decodeEntry, entryLeaf } from "@neurond/ledger";
import { CodedError, fromHex, toHex } from "@neurond/primitives";
import { z } from "zod";
import type { AuditCode } from "../errors.ts";
import type { PlacedEntry, ProvenEntry } from "../segment.ts";
import {
  isAbout,
  joined,
  lifeOf,
  type NamedPeriod,
  NO_SPAN,
  type Span,
  type SpanRules,
  spanOf,
} from "./log-span.ts";
import { AskedTokens, type TokenFault, TokensAsked } from "./tokens-asked.ts";

/** Entries of a window: what validators give at once. */
export const WINDOW_ENTRIES = 256;
const LEVEL = Math.log2(WINDOW_ENTRIES);

const range = z.tuple([z.int().min(0), z.int().min(0)]).nullable();
const Window = z.strictObject({
  /** Of the subtree over the window's entries. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  blocks: range,
  periods: range,
});
type Window = Readonly<z.infer<typeof Window>>;

/**
 * What an auditor keeps of a log: a hash for every 256 entries, what time they matter to, and what may not
 * be asked twice however far apart.
 */
export const LogIndex = z.strictObject({
  v: z.literal(1),
  windows: z.array(Window),
  /** Blocks that the longest receipt runs. */
  longest: z.int().min(0),
  /** Tokens that the windows' entries ask. */
  tokens: AskedTokens,
});
export type LogIndex = Readonly<z.infer<typeof LogIndex>>;

/** Entries from one on up to another, as they are served now; null when they are not. */
export type ReadEntries = (from: number, to: number) => Promise<readonly string[] | null>;

/**
 * A log that is not held: its hashes are kept by windows, and a window is read again when something in
 * it is wanted. What is served then must be what was served at first.
 */
export class WindowedLog implements NodeStore {
  readonly size: number;
  /** Tokens that were not the next, among entries that were not known before. */
  readonly tokenFaults: readonly TokenFault[];
  readonly #tokens: AskedTokens;
  readonly #windows: readonly Window[];
  readonly #tail: readonly string[];
  readonly #read: ReadEntries;
  readonly #rules: SpanRules;
  /** By level above the windows': hashes of complete subtrees. */
  readonly #levels: readonly (readonly Uint8Array[])[];
  #last: { readonly at: number; readonly texts: readonly string[] } | null = null;

  private constructor(
    windows: readonly Window[],
    tail: readonly string[],
    read: ReadEntries,
    rules: SpanRules,
    tokens: { readonly known: AskedTokens; readonly faults: readonly TokenFault[] },
  ) {
    this.#tokens = tokens.known;
    this.tokenFaults = tokens.faults;
    this.#windows = windows;
    this.#tail = tail;
    this.#read = read;
    this.#rules = rules;
    this.size = windows.length * WINDOW_ENTRIES + tail.length;
    this.#levels = levelsOver(windows.map(({ hash }) => fromHex(`0x${hash}`)));
  }

  /**
   * Goes on from what is known of a log up to `size` entries, one window at a time.
   * @throws CodedError LOG_WITHDRAWN when entries are not served
   */
  static async follow(
    known: LogIndex | null,
    size: number,
    runBlocks: number,
    read: ReadEntries,
  ): Promise<WindowedLog> {
    const whole = Math.floor(size / WINDOW_ENTRIES);
    const windows = (known?.windows ?? []).slice(0, whole);
    let longest = known?.longest ?? 0;
    const tokens = new TokensAsked(known?.tokens);
    const take = async (from: number, to: number) => {
      const texts = await read(from, to);
      if (texts?.length !== to - from || !texts.every((text) => text.isWellFormed())) {
        throw withdrawn(from);
      }
      for (const [at, text] of texts.entries()) {
        longest = Math.max(longest, lifeOf(text));
        tokens.take(from + at, text);
      }
      return texts;
    };
    while (windows.length < whole) {
      const from = windows.length * WINDOW_ENTRIES;
      const texts = await take(from, from + WINDOW_ENTRIES);
      const rules = { runBlocks, longest };
      const span = texts.map((text) => spanOf(text, rules)).reduce(joined, NO_SPAN);
      windows.push({ hash: textOf(hashOf(texts)), ...mutable(span) });
    }
    // The last entries are read again another time, when they fill a window.
    const asked = tokens.asked;
    const from = whole * WINDOW_ENTRIES;
    const tail = from === size ? [] : await take(from, size);
    const found = { known: asked, faults: tokens.faults };
    return new WindowedLog(windows, tail, read, { runBlocks, longest }, found);
  }

  /** What to go on from another time. */
  get index(): LogIndex {
    const { longest } = this.#rules;
    return { v: 1, windows: [...this.#windows], longest, tokens: { ...this.#tokens } };
  }

  /** The root of the log when it had `size` entries; null for more than there are. */
  async rootAt(size: number): Promise<string | null> {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.size) return null;
    return textOf(foldPeaks(RFC6962, await this.readNodes(peakPlaces(size))));
  }

  /** An entry under the head of all entries. */
  async prove(index: number): Promise<ProvenEntry> {
    const at = Math.floor(index / WINDOW_ENTRIES);
    const text = (await this.#texts(at))[index % WINDOW_ENTRIES] ?? "";
    const proof = await proveInclusion(RFC6962, this, index, this.size);
    return { text, index, proof: proof.map(toHex) };
  }

  /** The entries that say something of some of the periods, in their order. */
  async *about(periods: readonly NamedPeriod[]): AsyncGenerator<PlacedEntry> {
    const matters = (span: Span) => periods.some((due) => isAbout(span, due));
    for (let at = 0; at * WINDOW_ENTRIES < this.size; at += 1) {
      const window = this.#windows[at];
      if (window !== undefined && !matters(window)) continue;
      for (const [offset, text] of (await this.#texts(at)).entries()) {
        if (!matters(spanOf(text, this.#rules))) continue;
        yield { index: at * WINDOW_ENTRIES + offset, text, entry: decodeEntry(text) };
      }
    }
  }

  async readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    const found: Uint8Array[] = [];
    for (const { level, index } of places) {
      const kept = level < LEVEL ? await this.#below({ level, index }) : null;
      const hash = kept ?? this.#levels[level - LEVEL]?.[index];
      if (hash === undefined) throw withdrawn(index * 2 ** level);
      found.push(hash);
    }
    return found;
  }

  async #below({ level, index }: NodePlace): Promise<Uint8Array> {
    const at = Math.floor((index * 2 ** level) / WINDOW_ENTRIES);
    const texts = await this.#texts(at);
    const own = index - (at * WINDOW_ENTRIES) / 2 ** level;
    const part = texts.slice(own * 2 ** level, (own + 1) * 2 ** level);
    return hashOf(part);
  }

  /** The texts of a window, as they were when its hash was made. */
  async #texts(at: number): Promise<readonly string[]> {
    if (at === this.#windows.length) return this.#tail;
    if (this.#last?.at === at) return this.#last.texts;
    const from = at * WINDOW_ENTRIES;
    const texts = await this.#read(from, from + WINDOW_ENTRIES);
    const isSame =
      texts?.length === WINDOW_ENTRIES &&
      texts.every((text) => text.isWellFormed()) &&
      textOf(hashOf(texts)) === this.#windows[at]?.hash;
    if (!isSame) throw withdrawn(from);
    this.#last = { at, texts };
    return texts;
  }
}

function levelsOver(windows: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels = [windows];
  for (let below = windows; below.length > 1; ) {
    const above: Uint8Array[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) {
      const [left, right] = [below[at], below[at + 1]];
      if (left !== undefined && right !== undefined) above.push(RFC6962.node(left, right));
    }
    levels.push(above);
    below = above;
  }
  return levels;
}

/** The root over texts; of a power of two of them it is the hash of their subtree. */
function hashOf(texts: readonly string[]): Uint8Array {
  const builder = new MerkleBuilder(RFC6962);
  for (const text of texts) builder.append(entryLeaf(text));
  return builder.root();
}

const textOf = (bytes: Uint8Array): string => toHex(bytes).slice(2);

const mutable = ({ blocks, periods }: Span): Pick<Window, "blocks" | "periods"> => ({
  blocks: blocks && [...blocks],
  periods: periods && [...periods],
});

const withdrawn = (from: number) =>
  new CodedError<AuditCode>(
    "LOG_WITHDRAWN",
    `entries from ${from} on are not served as they were; the validator's log is not judged`,
    { from },
  );
