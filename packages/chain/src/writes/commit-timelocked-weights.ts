import { randomBytes } from "node:crypto";
import { encodeWeightsPayload, timelockEncrypt } from "@neurond/crypto";
import {
  type BlockNumber,
  type DrandClock,
  revealBlock,
  revealRound,
  toBlockNumber,
  toHex,
  toMecid,
} from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import type { Call } from "../chain.ts";
import { asBytes, asNumber, asRecord } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readBlockTimeMs } from "../reads/clock.ts";
import { readEpochSchedule } from "../reads/epoch-schedule.ts";
import { readPendingCommits } from "../reads/pending-commits.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import type { WeightsVector } from "../weights.ts";
import { checkRow, checkStanding, weightsBlocksLeft } from "./check-weights.ts";
import { MAX_PENDING_COMMITS } from "./commit-weights.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

const SM = "SubtensorModule";
/** Longer ciphertexts do not decode on chain. */
const MAX_CIPHERTEXT_BYTES = 5000;

/** When a timelocked row opens. */
export interface RevealTime {
  readonly round: bigint;
  readonly revealBlock: BlockNumber;
}

/** Encrypts a row to the drand round of its reveal epoch and commits it (v4). */
export async function commitTimelockedWeights(
  context: ChainContext,
  signer: Signer,
  row: WeightsVector,
  options: WriteOptions = {},
): Promise<Submission & Partial<RevealTime>> {
  let reveal: RevealTime | undefined;
  const submission = await submit(
    context,
    signer,
    async (state) => {
      const checked = await checkCommitTimelocked(state, signer, row);
      if (checked.kind === "ready") reveal = checked.reveal;
      return checked;
    },
    options,
  );
  return { ...submission, ...reveal };
}

/** The checks, the ciphertext and the call of a timelocked row. */
export async function checkCommitTimelocked(
  state: State,
  signer: Signer,
  row: WeightsVector,
): Promise<
  Exclude<Preflight, { kind: "ready" }> | (Preflight & { kind: "ready"; reveal: RevealTime })
> {
  const standing = await checkStanding(state, signer, row, { openly: false });
  if ("code" in standing) return { kind: "rejected", error: standing };
  if (timelockCall(state, row, new Uint8Array(), 0n, 0) === undefined) {
    return { kind: "rejected", error: refusedByState("TimelockedCommitsMissing", "UNSUPPORTED") };
  }
  // The chain checks the row at the reveal: what it would refuse now it will hardly take then.
  const refused = await checkRow(state, standing, row);
  if (refused !== undefined) return { kind: "rejected", error: refused };
  const { hotkey, index, uid, blocksLeft } = standing;
  if (blocksLeft > 0) return { kind: "tooSoon", blocks: blocksLeft };
  const pending = async (at: State) =>
    (await readPendingCommits(at, { ...row, hotkey })).filter(({ kind }) => kind === "timelocked");
  const schedule = await readEpochSchedule(state, row.netuid);
  const thisEpoch = (await pending(state)).filter(
    ({ epoch }) => epoch === BigInt(schedule.epochIndex),
  );
  if (thisEpoch.length >= MAX_PENDING_COMMITS) {
    return { kind: "rejected", error: refusedByState("TooManyUnrevealedCommits") };
  }
  const { publicKey, clock } = await readBeacon(state);
  const reveal = await revealTime(state, row, clock);
  const ciphertext = encrypt(signer, row, reveal.round, publicKey);
  if (ciphertext.length > MAX_CIPHERTEXT_BYTES) {
    return { kind: "rejected", error: refusedByState("CiphertextTooLong", "WEIGHTS_INVALID") };
  }
  const version = asNumber((await state.find(SM, "CommitRevealWeightsVersion")) ?? 4);
  const call = timelockCall(state, row, ciphertext, reveal.round, version);
  if (call === undefined) {
    return { kind: "rejected", error: refusedByState("TimelockedCommitsMissing", "UNSUPPORTED") };
  }
  const hash = toHex(blake2b(ciphertext, { dkLen: 32 }));
  return {
    kind: "ready",
    reveal,
    plan: {
      call,
      confirm: async (after) => (await pending(after)).some((item) => item.hash === hash),
      blocksLeft: (now) => weightsBlocksLeft(now, row.netuid, index, uid),
    },
  };
}

/** Whether this runtime takes timelocked commits. */
export function hasTimelock(state: State, row: Pick<WeightsVector, "netuid" | "mecid">): boolean {
  const vector = { ...row, weights: [] };
  return (
    state.has("Drand", "BeaconConfig") &&
    timelockCall(state, vector, new Uint8Array(), 0n, 0) !== undefined
  );
}

/** The call this runtime has for it; undefined when it has none. */
function timelockCall(
  state: State,
  { netuid, mecid = toMecid(0) }: WeightsVector,
  commit: Uint8Array,
  reveal_round: bigint,
  commit_reveal_version: number,
): Call | undefined {
  const args = { netuid, commit, reveal_round };
  const forms: readonly Call[] =
    mecid === 0
      ? [
          {
            pallet: SM,
            name: "commit_timelocked_weights",
            args: { ...args, commit_reveal_version },
          },
          { pallet: SM, name: "commit_crv3_weights", args },
        ]
      : [
          {
            pallet: SM,
            name: "commit_timelocked_mechanism_weights",
            args: { ...args, mecid, commit_reveal_version },
          },
        ];
  return forms.find(({ pallet, name }) => state.runtime.hasCall(pallet, name));
}

/** The beacon's key is state: a development chain has its own. */
async function readBeacon(state: State): Promise<{ publicKey: Uint8Array; clock: DrandClock }> {
  const config = asRecord(await state.get("Drand", "BeaconConfig"));
  return {
    publicKey: asBytes(config["public_key"]),
    clock: {
      genesisSeconds: asNumber(config["genesis_time"]),
      periodSeconds: asNumber(config["period"]),
    },
  };
}

/**
 * Chain time and measured block time decide, not the local clock: a wrong round loses the weights
 * without an error.
 */
async function revealTime(
  state: State,
  { netuid }: WeightsVector,
  clock: DrandClock,
): Promise<RevealTime> {
  const head = state.block.number;
  const schedule = await readEpochSchedule(state, netuid);
  const [period, nowMs, lastStored] = await state.many([
    [SM, "RevealPeriodEpochs", netuid],
    ["Timestamp", "Now"],
    ["Drand", "LastStoredRound"],
  ]);
  const revealPeriodEpochs = asNumber(period ?? 1);
  const round = revealRound({
    schedule,
    head,
    revealPeriodEpochs,
    blockTimeMs: await readBlockTimeMs(state),
    nowMs: asNumber(nowMs),
    clock,
  });
  return {
    // A round that is out already would open the row at once.
    round: BigInt(Math.max(round, asNumber(lastStored ?? 0) + 1)),
    revealBlock: toBlockNumber(revealBlock(schedule, head, revealPeriodEpochs)),
  };
}

function encrypt(
  { publicKey: hotkey }: Signer,
  { weights, versionKey = 0n }: WeightsVector,
  round: bigint,
  publicKey: Uint8Array,
): Uint8Array {
  const plaintext = encodeWeightsPayload({
    publicKey: hotkey,
    uids: weights.map(({ uid }) => uid),
    values: weights.map(({ value }) => value),
    versionKey,
  });
  return timelockEncrypt({
    plaintext,
    round,
    publicKey,
    key: randomBytes(32),
    sigma: randomBytes(32),
    nonce: randomBytes(12),
  });
}
