import type { BlockNumber, Hex, Hotkey, Uid } from "@neurond/primitives";
import type { LostShard } from "@neurond/store";

/** Which miners are there, and which shards are not. */
export interface MinerPresence {
  /** -1 before the first look. */
  lookedAt(): Promise<number>;
  /** Notes the whole subnet at a block; how many hotkeys departed since the last look. */
  look(
    neurons: readonly { readonly hotkey: Hotkey; readonly uid: Uid }[],
    block: BlockNumber,
  ): Promise<number>;
  /** Notes of a run, once, which miners passed something in it. */
  judge(run: number, verdicts: ReadonlyMap<Hotkey, boolean>): Promise<void>;
  damaged(shardId: Hex, reason: string, nowMs: number): Promise<void>;
  lostOf(
    validator: Hotkey,
    fileIds: readonly Hex[],
    when: { readonly at: BlockNumber; readonly badRuns: number },
  ): Promise<readonly LostShard[]>;
}
