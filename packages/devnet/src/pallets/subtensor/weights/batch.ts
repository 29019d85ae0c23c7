import { type CallContext, DispatchFailure, signer } from "../../../frame/dispatch.ts";
import type { DispatchError } from "../../../scale/known.ts";
import { events } from "../events.ts";

/** Does something per netuid; what fails is reported in events and never fails the call. */
export function batch(
  context: CallContext,
  netuids: readonly number[],
  run: (netuid: number, position: number) => void,
): void {
  const hotkey = signer(context);
  const failed: [netuid: number, error: DispatchError][] = [];
  netuids.forEach((netuid, position) => {
    try {
      context.state.transact(() => run(netuid, position));
    } catch (error) {
      if (!(error instanceof DispatchFailure)) throw error;
      failed.push([netuid, error.error]);
    }
  });
  if (failed.length > 0) context.emit(events.BatchCompletedWithErrors());
  for (const [netuid, error] of failed) context.emit(events.BatchWeightItemFailed(netuid, error));
  context.emit(events.BatchWeightsCompleted([...netuids], hotkey));
}
