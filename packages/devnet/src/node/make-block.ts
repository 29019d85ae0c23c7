import type { BlockContext } from "../frame/dispatch.ts";
import type { Change, State } from "../state/state.ts";
import type { Block } from "./blocks.ts";
import { CODE_KEY } from "./code.ts";
import type { Executable } from "./executable.ts";
import { encodeBare } from "./extrinsic.ts";
import type { DigestItem } from "./header.ts";
import { type Entry, OpenBlock } from "./open-block.ts";
import type { Pooled } from "./pool.ts";
import { seal } from "./seal.ts";

/** Extrinsics of one block, in bytes: what Substrate leaves to normal ones. */
const MAX_BLOCK_BYTES = 7_864_320;

export type Operation = (context: BlockContext) => void;

export interface Plan {
  readonly executable: Executable;
  readonly state: State;
  readonly parent: Block;
  readonly timeMs: number;
  readonly logs: readonly DigestItem[];
  /** Done to the state before the extrinsics. */
  readonly operations: readonly Operation[];
  readonly ready: readonly Pooled[];
}

export interface Made {
  readonly block: Block;
  readonly changes: readonly Change[];
  readonly taken: readonly Pooled[];
  /** Extrinsics that have become invalid; with a cause when the runtime broke on them. */
  readonly rejected: readonly { readonly item: Pooled; readonly cause?: unknown }[];
}

/** Makes the next block. When something throws, the open state is to be discarded. */
export function makeBlock(plan: Plan): Made {
  const { executable, state, parent } = plan;
  const open = new OpenBlock(executable, state, parent, plan.logs);
  for (const operation of plan.operations) open.operate(operation);
  open.applyInherent(timestamp(executable, plan.timeMs));
  const { taken, rejected } = fill(open, plan.ready);
  if (isUpgraded(state, parent)) {
    open.deposit({ tag: "RuntimeEnvironmentUpdated", value: undefined });
  }
  const { number, extrinsics } = open;
  const logs = open.close();
  const content = { number, parent: parent.hash, logs, extrinsics, before: parent.code };
  return { ...seal(state, content), taken, rejected };
}

function timestamp({ runtime }: Executable, timeMs: number): Entry {
  const pallet = runtime.pallets.find(({ name }) => name === "Timestamp")?.index ?? 0;
  const call = { pallet, call: 0, args: { now: BigInt(timeMs) } };
  const callBytes = runtime.runtimeCall.codec.enc(call);
  return { extrinsic: { kind: "bare", callBytes, call }, bytes: encodeBare(callBytes) };
}

function fill(open: OpenBlock, ready: readonly Pooled[]): Pick<Made, "taken" | "rejected"> {
  const taken: Pooled[] = [];
  const rejected: { item: Pooled; cause?: unknown }[] = [];
  let bytes = 0;
  for (const item of ready) {
    if (bytes + item.bytes.length > MAX_BLOCK_BYTES) continue;
    const applied = open.apply(item);
    if (applied.kind === "included") {
      taken.push(item);
      bytes += item.bytes.length;
    } else if (applied.kind === "broken") {
      rejected.push({ item, cause: applied.cause });
    } else if (applied.error.value.tag !== "Future") {
      rejected.push({ item });
    }
  }
  return { taken, rejected };
}

function isUpgraded(state: State, parent: Block): boolean {
  const code = state.get(CODE_KEY);
  const before = state.at(parent.number).get(CODE_KEY);
  return Buffer.compare(code ?? Buffer.of(), before ?? Buffer.of()) !== 0;
}
