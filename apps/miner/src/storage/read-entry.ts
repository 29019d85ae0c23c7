import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, type Hex, type Hotkey, type Netuid } from "@neurond/primitives";
import { DOCUMENT, PeriodsBody, periodOf } from "@neurond/workload-storage";
import {
  isPeriodSigned,
  RevealRecord,
  SweepEvidence,
  SweepTask,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";

/** What an entry of a validator's log means to a miner. */
export type Noted =
  | { readonly kind: "reveal"; readonly period: number; readonly secret: Uint8Array }
  /** The validator says that our answer to a sweep of a period was wrong. */
  | { readonly kind: "failed"; readonly period: number }
  /** The oldest period whose secret the validator has not said, when it opened a run. */
  | { readonly kind: "owes"; readonly period: number; readonly blocks: number };

/** Whose log it is, and who reads. */
export interface Reader {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly verify?: Verify;
}

const Revealed = z.object({ type: z.literal(DOCUMENT.reveal), body: RevealRecord });
const Planned = z.object({
  type: z.literal(DOCUMENT.plan),
  validator: z.string(),
  body: z.object({ periods: PeriodsBody }),
});
const Answered = z.object({
  kind: z.literal("observation"),
  miner: z.string(),
  task: SweepTask,
  evidence: z.object({ verdict: SweepEvidence.shape.verdict }),
});

/** What an entry means; null when nothing, as most do. Only what the validator signed counts. */
export function noteOf(text: string, reader: Reader): Noted | null {
  if (text.includes(`"${DOCUMENT.plan}"`)) return owedBy(parseJson(text), reader);
  // Entries are many and long: nearly all are told apart without being parsed.
  if (text.includes(DOCUMENT.reveal)) return revealOf(parseJson(text), reader);
  if (!text.includes(reader.miner) || !text.includes('"sweep"')) return null;
  const answered = Answered.safeParse(parseJson(text));
  if (!answered.success || answered.data.miner !== reader.miner) return null;
  const { task, evidence } = answered.data;
  if (evidence.verdict !== 0) return null;
  return { kind: "failed", period: periodOf(task.beacon.block, task.period_blocks) };
}

function owedBy(value: unknown, { validator }: Reader): Noted | null {
  const parsed = Planned.safeParse(value);
  if (!parsed.success || parsed.data.validator !== validator) return null;
  const { revealed: period, blocks } = parsed.data.body.periods;
  return { kind: "owes", period, blocks };
}

function revealOf(
  value: unknown,
  { netuid, validator, verify = verifySr25519Fast }: Reader,
): Noted | null {
  const parsed = Revealed.safeParse(value);
  if (!parsed.success) return null;
  const { body } = parsed.data;
  if (body.netuid !== netuid || body.validator !== validator) return null;
  const period = { netuid, validator, period: body.period, blocks: body.blocks };
  const secret = fromHex(body.secret as Hex);
  const signature = fromHex(body.signature as Hex);
  if (!isPeriodSigned({ kind: "reveal", period, secret }, signature, verify)) return null;
  return { kind: "reveal", period: body.period, secret };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
