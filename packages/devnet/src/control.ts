import { CodedError, type Hex } from "@neurond/primitives";
import type { DevnetCode } from "./errors.ts";
import type { RuntimeCode } from "./node/code.ts";
import { deposit } from "./pallets/balances/accounts.ts";
import type { Services } from "./rpc/method.ts";

/** What only a development chain can do: make time pass and things go wrong. */
export interface Control {
  /** Makes blocks at once, in any mode; answers with the last one's hash. */
  newBlocks(count: number): Promise<Hex>;
  /** Writes raw storage entries at the start of the next block; undefined deletes. */
  setStorage(entries: readonly (readonly [key: Hex, value: Uint8Array | undefined])[]): void;
  /** Makes rao for an account at the start of the next block. */
  fund(account: Hex, rao: bigint): void;
  /** Time of the next block, milliseconds since 1970. @throws CodedError TIME_PAST */
  setTime(timeMs: number): void;
  /** Stops making blocks on its own. */
  pause(): void;
  resume(): void;
  /** Replaces the last blocks by one more than that. @throws CodedError REORG_TOO_DEEP */
  reorg(depth: number): Hex;
  /** Changes the rules, or only their number, after the next block. */
  upgradeRuntime(code: Partial<RuntimeCode>): void;
  /** Cuts every open socket. */
  dropConnections(): void;
  /** Delays every answer but those to `dev_*`; 0 ends it. */
  delayAnswers(delayMs: number): void;
  /** Silences every subscription without ending it. */
  muteSubscriptions(muted: boolean): void;
}

export const controlOf = ({ node, producer, faults }: Services): Control => ({
  async newBlocks(count) {
    await producer.newBlocks(count);
    return node.best.hash;
  },
  setStorage(entries) {
    node.schedule(({ state }) => {
      for (const [key, value] of entries) {
        if (value) state.set(key, value);
        else state.delete(key);
      }
    });
    producer.submitted();
  },
  fund(account, rao) {
    node.schedule((context) => deposit(context, account, rao));
    producer.submitted();
  },
  setTime(timeMs) {
    if (node.setTime(timeMs)) return;
    throw new CodedError<DevnetCode>(
      "TIME_PAST",
      `time ${timeMs} is not after that of block ${node.best.number}: give more than ${node.nowMs()}`,
    );
  },
  pause: () => producer.pause(),
  resume: () => producer.resume(),
  reorg(depth) {
    if (depth > 0 && node.reorganise(depth)) return node.best.hash;
    const most = node.best.number - node.finalized.number;
    throw new CodedError<DevnetCode>(
      "REORG_TOO_DEEP",
      `${depth} blocks cannot be replaced, ${most} are not final: start with a finality lag`,
    );
  },
  upgradeRuntime(code) {
    node.upgrade({ ...node.best.code, ...code });
    producer.submitted();
  },
  dropConnections: () => faults.dropConnections(),
  delayAnswers(delayMs) {
    faults.delayMs = delayMs;
  },
  muteSubscriptions(muted) {
    faults.muted = muted;
  },
});
