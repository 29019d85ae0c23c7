import {
  type Document,
  decodeEntry,
  type HeadText,
  isEntryOf,
  parseCommitment,
} from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import { readBounded } from "@neurond/runtime";
import { z } from "zod";
import { forEachLimited } from "./for-each-limited.ts";
import type { CommitmentIndex } from "./ports/commitment-index.ts";
import type { RunJournal } from "./ports/run-journal.ts";
import type { RunTimes } from "./run-plan.ts";
import type { Validator } from "./validator.ts";
import type { WorkloadEntry } from "./workload-entry.ts";

/** What finding them needs. */
export interface UnmetDeps {
  readonly stores: {
    readonly journal: Pick<RunJournal, "read" | "write">;
    readonly commitments: Pick<CommitmentIndex, "ofRun">;
  };
  readonly identity: Pick<Validator["identity"], "hotkey">;
  readonly manners: Pick<Validator["manners"], "gossipAtOnce" | "gossipTimeoutMs">;
  readonly workloads: readonly Pick<WorkloadEntry, "family" | "condition">[];
  readonly metrics: Pick<Validator["metrics"], "reportsDropped">;
  readonly log: Validator["log"];
}

/** Entries of a page, and pages that are read backwards from a head: a run's plan stands first in it. */
const PAGE = 256;
const MAX_PAGES = 16;
const MAX_PAGE_BYTES = 6 * 1_048_576;
const Entries = z.object({ from: z.int(), entries: z.array(z.string()).min(1).max(PAGE) });
const Hashes = z.object({ hashes: z.array(z.string()).max(64) });

/**
 * Keeps, once a run is decided, whose reports do not count because of what their validators logged: by
 * family, from the log that each committed to together with its scores. A log that cannot be read says
 * nothing against anybody.
 */
export async function findUnmet(
  validator: UnmetDeps,
  run: RunTimes,
  signal: AbortSignal,
): Promise<void> {
  const { stores, identity, manners, workloads, log, metrics } = validator;
  const known = await stores.journal.read(run.index, ["snapshot", "unmet"]);
  if (known.unmet !== undefined || known.snapshot === undefined) return;
  const urls = new Map(known.snapshot.neurons.map(({ hotkey, url }) => [hotkey, url]));
  const heads = new Map<Hotkey, HeadText>();
  for (const { hotkey, block, fields } of await stores.commitments.ofRun(run.id)) {
    const head = parseCommitment(fields).log;
    if (head !== undefined && block < run.commitEnd && !heads.has(hotkey)) heads.set(hotkey, head);
  }
  heads.delete(identity.hotkey);
  const families: Record<string, Hotkey[]> = {};
  for (const { family, condition } of workloads) {
    if (condition === undefined) continue;
    const unmet: Hotkey[] = [];
    await forEachLimited(heads, manners.gossipAtOnce, signal, async ([hotkey, head]) => {
      const url = urls.get(hotkey) ?? null;
      const timeout = AbortSignal.timeout(manners.gossipTimeoutMs);
      const asked = { head, type: condition.type, validator: hotkey };
      const document =
        url === null ? null : await newest(url, asked, AbortSignal.any([signal, timeout]));
      if (document === null || condition.isMet(document, run.close)) return;
      unmet.push(hotkey);
      metrics.reportsDropped.inc({ reason: "CONDITION_UNMET" });
      log.warn({ runId: run.id, family, validator: hotkey }, "a validator's reports do not count");
    });
    families[family] = unmet.sort();
  }
  signal.throwIfAborted();
  await stores.journal.write(run.index, "unmet", families);
}

/** The newest document of a type under a head of a peer's log; null when it is not to be had, or not there. */
async function newest(
  url: string,
  {
    head,
    type,
    validator,
  }: { readonly head: HeadText; readonly type: string; readonly validator: Hotkey },
  signal: AbortSignal,
): Promise<Document | null> {
  try {
    for (let to = head.size, pages = 0; to > 0 && pages < MAX_PAGES; pages += 1) {
      const from = Math.max(0, to - PAGE);
      const texts: string[] = [];
      while (from + texts.length < to) {
        const query = `from=${from + texts.length}&to=${to}`;
        const page = Entries.parse(await getJson(new URL(`/v1/log/entries?${query}`, url), signal));
        texts.push(...page.entries);
      }
      for (const [at, text] of [...texts.entries()].reverse()) {
        const entry = text.includes(type) ? decodeEntry(text) : null;
        if (entry?.kind !== "document" || entry.type !== type || entry.validator !== validator) {
          continue;
        }
        const index = from + at;
        const proof = new URL(`/v1/log/proof/entry?index=${index}&size=${head.size}`, url);
        const { hashes } = Hashes.parse(await getJson(proof, signal));
        return isEntryOf(head, { text, index, proof: hashes }) ? entry : null;
      }
      to = from;
    }
    return null;
  } catch {
    // Whatever a peer's server does: nothing is known then.
    return null;
  }
}

async function getJson(url: URL, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { redirect: "error", signal });
  const bytes = await readBounded(response, MAX_PAGE_BYTES);
  if (response.status !== 200) throw new RangeError(`${url.pathname} answers ${response.status}`);
  return JSON.parse(Buffer.from(bytes).toString("utf8"));
}
