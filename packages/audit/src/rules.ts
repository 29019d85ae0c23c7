import { parseFraction, type QuorumRules } from "@neurond/consensus";
import { type FamilyId, toFamilyId } from "@neurond/ledger";
import {
  CodedError,
  canonicalJson,
  domainHash,
  isCoded,
  type Mecid,
  type Micro,
  toHex,
  toMecid,
  toMicro,
} from "@neurond/primitives";
import { z } from "zod";
import type { AuditCode } from "./errors.ts";

const blocks = z.int().min(0).max(10_000_000);

/** The rules of a subnet as evidence carries them: integers and text, so that they have one hash. */
export const RulesText = z.strictObject({
  /** Length of a run. */
  blocks: blocks.min(1),
  /** From a run's first block to the block that seeds its tasks. */
  beacon_lag: blocks,
  beacon_kind: z.literal([0, 1]),
  /** From a run's close: commitments count before it (K1). */
  commit_window: blocks.min(1),
  /** From a run's close: reports are gathered before it (K2). */
  reveal_window: blocks.min(1),
  quorum_fraction: z.string().max(40),
  min_reporters: z.int().min(1).max(4096),
  require_self: z.boolean(),
  require_commitment: z.boolean(),
  min_stake_rao: z.string().regex(/^\d{1,20}$/),
  min_tasks: z.int().min(1).max(1_000_000),
  mecid: z.int().min(0).max(15),
  /** What part of the vector each family shares out, in millionths; the rest burns. */
  families: z.array(z.tuple([z.string(), z.int().min(0).max(1_000_000)])).max(64),
});
export type RulesText = Readonly<z.infer<typeof RulesText>>;

/** What all validators of a subnet have in common, so that anybody comes to the same weights. */
export interface Rules {
  readonly text: RulesText;
  readonly quorum: QuorumRules;
  readonly minStakeRao: bigint;
  readonly minTasks: number;
  readonly mecid: Mecid;
  readonly families: ReadonlyMap<FamilyId, Micro>;
}

/** Reads rules; throws RULES_INVALID for what no subnet can agree on. */
export function readRules(value: unknown): Rules {
  const parsed = RulesText.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.message ?? "not an object");
  const text = parsed.data;
  if (text.beacon_lag >= text.blocks) throw invalid("the beacon falls after the run");
  if (text.reveal_window <= text.commit_window) throw invalid("reveals end before commitments");
  return {
    text,
    quorum: {
      fraction: fractionOf(text.quorum_fraction),
      minReporters: text.min_reporters,
      requireSelf: text.require_self,
    },
    minStakeRao: BigInt(text.min_stake_rao),
    minTasks: text.min_tasks,
    mecid: toMecid(text.mecid),
    families: new Map(text.families.map(([name, share]) => [toFamilyId(name), toMicro(share)])),
  };
}

/** Names rules for a reader, who has to know whether they are the subnet's. */
export function rulesStated(text: RulesText): string {
  const digest = toHex(domainHash("neurond/rules/v1", canonicalJson(text))).slice(2, 18);
  return `the subnet's rules are those stated (${digest})`;
}

function fractionOf(text: string) {
  try {
    return parseFraction(text);
  } catch (error) {
    if (isCoded(error)) throw invalid(error.message);
    throw error;
  }
}

function invalid(reason: string): CodedError<AuditCode> {
  return new CodedError("RULES_INVALID", `no rules of a subnet: ${reason}`);
}
