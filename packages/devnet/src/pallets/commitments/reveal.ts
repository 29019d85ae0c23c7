import type { Hex } from "@neurond/primitives";
import type { BlockContext } from "../../frame/dispatch.ts";
import { openTimelock } from "../drand/open.ts";
import { commitmentsEvents } from "./events.ts";
import { CommitmentOf, RevealedCommitments, TimelockedIndex } from "./storage.ts";
import { indexTimelocked, isTimelocked } from "./timelocked-index.ts";
import type { Data } from "./types.ts";

/** Reveals kept per hotkey. */
const MAX_REVEALS = 10;

/** Opens every timelocked field whose pulse has come; what cannot be opened is dropped in silence. */
export function revealCommitments(context: BlockContext): void {
  for (const [netuid, who] of TimelockedIndex.get(context.state)) revealOf(context, netuid, who);
}

function revealOf(context: BlockContext, netuid: number, who: Hex): void {
  const { state } = context;
  const commitment = CommitmentOf.get(state, netuid, who);
  if (!commitment) {
    indexTimelocked(state, netuid, who, false);
    return;
  }
  const { fields } = commitment.info;
  const opened: Uint8Array[] = [];
  const remaining = fields.filter((field: Data) => {
    if (!isTimelocked(field)) return true;
    const plaintext = openTimelock(state, field.value.encrypted, field.value.reveal_round);
    if (plaintext === "early") return true;
    if (plaintext && plaintext.length > 0) opened.push(plaintext);
    return false;
  });
  if (remaining.length === fields.length) return;
  publish(context, netuid, who, opened);
  if (remaining.length > 0) {
    CommitmentOf.set(state, [netuid, who], { ...commitment, info: { fields: remaining } });
  } else {
    CommitmentOf.remove(state, netuid, who);
  }
  indexTimelocked(state, netuid, who, remaining.some(isTimelocked));
}

function publish(context: BlockContext, netuid: number, who: Hex, opened: Uint8Array[]): void {
  if (opened.length === 0) return;
  const { state, block } = context;
  const reveals = RevealedCommitments.get(state, netuid, who) ?? [];
  const added = opened.map((plaintext): [Uint8Array, bigint] => [plaintext, BigInt(block)]);
  RevealedCommitments.set(state, [netuid, who], [...reveals, ...added].slice(-MAX_REVEALS));
  for (const _ of opened) context.emit(commitmentsEvents.CommitmentRevealed({ netuid, who }));
}
