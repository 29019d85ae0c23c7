import type { BlockContext } from "../../../frame/dispatch.ts";
import type { StateReader } from "../../../state/state.ts";
import { applyPendingChildren } from "../children.ts";
import { NetworksAdded } from "../storage/networks.ts";
import { advanceSchedule } from "./advance-schedule.ts";
import { decayBurn } from "./burn-decay.ts";
import { judgeEpochs } from "./due-epochs.ts";
import { emitAlpha, type PendingEmission, takePending } from "./emission.ts";
import { revealTimelocked } from "./reveal-timelocked.ts";
import { runSubnetEpoch } from "./run-epoch.ts";

const ROOT = 0;

/** What the pallet does at the start of every block, before its extrinsics (`block_step`). */
export function blockStep(context: BlockContext): void {
  const { state, block } = context;
  const netuids = subnetsOf(state);
  for (const netuid of netuids) decayBurn(context, netuid);

  const verdicts = judgeEpochs(state, netuids, block);
  for (const netuid of netuids) {
    // A deferred subnet reveals in the next block, lest weights change twice for one epoch.
    if (verdicts.get(netuid) !== "defer") revealTimelocked(context, netuid);
  }

  for (const netuid of netuids) emitAlpha(state, netuid, block);
  const taken = new Map<number, PendingEmission>();
  for (const netuid of netuids) {
    const verdict = verdicts.get(netuid);
    if (verdict === "run") taken.set(netuid, takePending(state, netuid));
    advanceSchedule(context, netuid, verdict);
  }
  for (const [netuid, pending] of taken) runSubnetEpoch(context, netuid, pending);

  for (const [netuid, verdict] of verdicts) {
    if (verdict !== "defer") applyPendingChildren(context, netuid);
  }
}

/** Every subnet but root, in order: root has no epochs of its own. */
const subnetsOf = (state: StateReader): number[] =>
  [...NetworksAdded.entries(state)]
    .filter(([[netuid], added]) => added && netuid !== ROOT)
    .map(([[netuid]]) => netuid)
    .sort((a, b) => a - b);
