import { anchorsOf, type LogFacts, OpenSegment, peaksOf, type RunTimes } from "@neurond/audit";
import type { CommitmentFact } from "@neurond/consensus";
import { type HeadText, hasGrown, parseLogCommitment, type SignedReport } from "@neurond/ledger";
import type { ValidatorClient } from "./validator-client.ts";

/** What is known of a validator before its log is asked for. */
export interface LogRequest {
  readonly run: RunTimes;
  readonly commitments: readonly CommitmentFact[];
  /** Reports that name a head of the log. */
  readonly reports: readonly SignedReport[];
  readonly maxBytes: number;
}

/**
 * Fetches the stretch of a log that a run's record stands in: the proof of the last entry before it
 * gives the hashes to go on from, so what came earlier need not be read.
 */
export async function fetchLog(client: ValidatorClient, request: LogRequest): Promise<LogFacts> {
  const { run, commitments, reports } = request;
  const anchors = anchorsOf(commitments, run);
  const [base, close] = [anchors.base, anchors.close].map(headIn);
  const heads = reports.flatMap(({ checkpoint }) => (checkpoint === undefined ? [] : [checkpoint]));
  const from = base?.size ?? 0;
  const to = Math.max(from, close?.size ?? 0, ...heads.map(({ size }) => size));
  const checkpoints =
    close === null || close === undefined ? [] : [await client.checkpoint(close.size)];
  const fetched = await fetchSegment(client, from, to, request.maxBytes);
  const anchored = commitments.flatMap(({ payload }) => parseLogCommitment(payload) ?? []);
  const all = [...anchored, ...heads].sort((a, b) => a.size - b.size);
  const tails = (await isSound(fetched.segment, all)) ? [] : await fetchTails(client, all);
  return { ...fetched, checkpoints: checkpoints.filter((one) => one !== null), tails };
}

async function fetchSegment(
  client: ValidatorClient,
  from: number,
  to: number,
  maxBytes: number,
): Promise<Pick<LogFacts, "segment" | "problem">> {
  const tail = from === 0 ? null : await client.tail(from, from);
  const peaks = from === 0 ? [] : tail === null ? null : peaksOf(tail);
  if (peaks === null) return { segment: null, problem: "PROOF_NOT_SERVED" };
  const found = await client.entries(from, to, maxBytes);
  if ("reason" in found) return { segment: null, problem: found.reason };
  return { segment: { from, peaks: [...peaks], texts: [...found.texts] }, problem: "" };
}

/** Whether everything the validator stands by inside the segment is what was served. */
async function isSound(segment: LogFacts["segment"], heads: readonly HeadText[]): Promise<boolean> {
  const open = segment === null ? null : OpenSegment.open(segment);
  if (open === null) return false;
  for (const { size, root } of heads) {
    const own = await open.rootAt(size);
    if (own !== null && own !== root) return false;
  }
  return true;
}

/** Of heads that one after the other should have grown, the proofs where they did not. */
async function fetchTails(
  client: ValidatorClient,
  heads: readonly HeadText[],
): Promise<LogFacts["tails"]> {
  const tails: LogFacts["tails"][number][] = [];
  for (const [at, older] of heads.entries()) {
    for (const newer of heads.slice(at + 1)) {
      if (older.size === 0 || older.size >= newer.size) continue;
      const proof = await client.growth(older.size, newer.size);
      if (proof !== null && hasGrown(older, newer, proof)) continue;
      const tail = await client.tail(older.size, newer.size);
      if (tail !== null) tails.push({ older, newer, tail });
    }
  }
  return tails;
}

function headIn(fact: CommitmentFact | null): HeadText | null {
  return fact === null ? null : parseLogCommitment(fact.payload);
}
