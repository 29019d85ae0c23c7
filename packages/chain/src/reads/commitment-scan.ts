import {
  type BlockNumber,
  fromHex,
  type Netuid,
  toBlockNumber,
  toHex,
  toNetuid,
} from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import type { Runtime } from "../codec/runtime.ts";
import { asHotkey, asList, asNumber, asRecord, asVariant } from "../codec/value.ts";
import type { CommitmentSeen } from "../commitment.ts";
import type { ChainEvent, Head } from "../head.ts";
import type { State } from "../state.ts";
import { fieldsOf } from "./commitment-fields.ts";
import { readEvents } from "./events.ts";

/** A `set_commitment` found in an extrinsic, at any depth. */
interface Attempt {
  readonly netuid: number;
  /** Who the call runs as, where the wrapping call names the account. */
  readonly as: unknown;
  readonly info: unknown;
}

/**
 * Commitments set in one block: the calls found in its extrinsics, kept when a success event of
 * the same extrinsic answers them. The state must use the runtime of the block's parent.
 */
export async function readCommitmentsOfBlock(
  state: State,
  extrinsics: readonly string[],
  netuid: Netuid | undefined,
): Promise<readonly CommitmentSeen[]> {
  const attempts = extrinsics.map((hex) => {
    const { signer, call } = state.runtime.extrinsic(fromHex(hex));
    return [...attemptsIn(call, signer)];
  });
  if (attempts.every((found) => found.length === 0)) return [];
  const successes = (await readEvents(state)).filter(isSuccess);
  return attempts.flatMap((found, extrinsicIndex) => {
    const events = successes.filter(({ extrinsic }) => extrinsic === extrinsicIndex);
    return matched(found, events)
      .filter(({ attempt }) => netuid === undefined || attempt.netuid === netuid)
      .map((match) => seen(state.block, match, extrinsicIndex, extrinsics));
  });
}

/** What was signed and included, from the body alone: whether it took effect is not known. */
export function commitmentsSigned(
  runtime: Runtime,
  block: Head,
  extrinsics: readonly string[],
  netuid: Netuid,
): readonly CommitmentSeen[] {
  return extrinsics.flatMap((hex, extrinsicIndex) => {
    const { signer, call } = runtime.extrinsic(fromHex(hex));
    return [...attemptsIn(call, signer)].flatMap((attempt) =>
      attempt.as === undefined || attempt.netuid !== netuid
        ? []
        : [seen(block, { attempt, who: attempt.as }, extrinsicIndex, extrinsics)],
    );
  });
}

/** The time that the block's own inherent sets. */
export function timeSet(runtime: Runtime, extrinsics: readonly string[]): number | undefined {
  for (const hex of extrinsics) {
    const { kind: pallet, value } = asVariant(runtime.extrinsic(fromHex(hex)).call);
    if (pallet !== "Timestamp") continue;
    const { kind: name, value: args } = asVariant(value);
    if (name === "set") return Number(asRecord(args)["now"]);
  }
  return undefined;
}

function seen(
  block: Head,
  { attempt, who }: { readonly attempt: Attempt; readonly who: unknown },
  extrinsicIndex: number,
  extrinsics: readonly string[],
): CommitmentSeen {
  return {
    netuid: toNetuid(attempt.netuid),
    hotkey: asHotkey(who),
    block: block.number,
    blockHash: block.hash,
    extrinsicIndex,
    extrinsicHash: toHex(blake2b(fromHex(extrinsics[extrinsicIndex] ?? "0x"), { dkLen: 32 })),
    fields: fieldsOf(attempt.info),
  };
}

/** Calls that run other calls, and the argument which holds them. */
const WRAPPERS: Readonly<Record<string, string>> = {
  "Utility.batch": "calls",
  "Utility.batch_all": "calls",
  "Utility.force_batch": "calls",
  "Utility.as_derivative": "call",
  "Utility.with_weight": "call",
  "Utility.dispatch_as": "call",
  "Utility.if_else": "main",
  "Proxy.proxy": "call",
  "Proxy.proxy_announced": "call",
  "Multisig.as_multi": "call",
  "Multisig.as_multi_threshold_1": "call",
  "Sudo.sudo": "call",
  "Sudo.sudo_as": "call",
  "Sudo.sudo_unchecked_weight": "call",
};
/** Wrappers after which the call runs as the same account. */
const SAME_ACCOUNT = /^Utility\.(batch|batch_all|force_batch|with_weight|if_else)$/;

function* attemptsIn(call: unknown, as: unknown): Generator<Attempt> {
  const { kind: pallet, value } = asVariant(call);
  const { kind: name, value: args } = asVariant(value);
  const path = `${pallet}.${name}`;
  if (path === "Commitments.set_commitment") {
    const { netuid, info } = asRecord(args);
    yield { netuid: asNumber(netuid), as, info };
    return;
  }
  const inner = WRAPPERS[path];
  if (inner === undefined) return;
  const record = asRecord(args);
  const runsAs = SAME_ACCOUNT.test(path) ? as : realOf(record["real"]);
  const held = record[inner];
  for (const nested of Array.isArray(held) ? held : [held]) yield* attemptsIn(nested, runsAs);
}

/** The account a proxy acts for; unknown for the other wrappers, where the event tells. */
function realOf(address: unknown): unknown {
  return address === undefined ? undefined : asVariant(address).value;
}

function isSuccess({ pallet, name, extrinsic }: ChainEvent): boolean {
  if (extrinsic === undefined || pallet !== "Commitments") return false;
  return name === "Commitment" || name === "TimelockCommitment";
}

/** Events come in the order of the calls that succeeded; a failed call in between has none. */
function matched(attempts: readonly Attempt[], events: readonly ChainEvent[]) {
  const left = [...events];
  return attempts.flatMap((attempt) => {
    const index = left.findIndex(({ fields }) => {
      const { netuid, who } = eventFields(fields);
      return netuid === attempt.netuid && (attempt.as === undefined || attempt.as === who);
    });
    const [event] = index < 0 ? [] : left.splice(index, 1);
    return event === undefined ? [] : [{ attempt, who: eventFields(event.fields).who }];
  });
}

function eventFields(fields: unknown): { readonly netuid: unknown; readonly who: unknown } {
  if (Array.isArray(fields)) {
    const [netuid, who] = asList(fields);
    return { netuid, who };
  }
  const { netuid, who } = asRecord(fields);
  return { netuid, who };
}

/** The heights of a range, ascending. */
export function* heights(from: BlockNumber, to: BlockNumber): Generator<BlockNumber> {
  for (let height: number = from; height <= to; height++) yield toBlockNumber(height);
}
