import { randomBytes } from "node:crypto";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { Responder } from "@neurond/workload/io";
import { modeOf, type StorageCode } from "@neurond/workload-storage";
import {
  type AnswersByMode,
  answerOpening,
  answerToken,
  CHALLENGE_PATH,
  ChallengeMessage,
  findOnDisk,
  type ShardName,
  type ShardStore,
  type SweepAnswerer,
  shardNameOf,
  storageResponder,
  type TagStore,
} from "@neurond/workload-storage/io";
import { periodOfSweep, type SweepTask } from "@neurond/workload-storage/sweep";
import type { z } from "zod";
import { inventoryFinder } from "./find-inventory.ts";

/** What responders work with. */
export interface ResponderDeps {
  readonly miner: Hotkey;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly shards: ShardStore;
  readonly tags: TagStore;
  readonly sweeps: SweepAnswerer;
  /** Whether a sweep is refused, because its validator keeps a secret that is due. */
  readonly refusesSweep: (task: SweepTask) => Promise<boolean>;
  /** Hears of shards that could not be read. */
  readonly onUnreadable: (name: ShardName) => void;
}

/** Whether an answer reads a few places or whole shards: the latter must not keep the former waiting. */
export type LaneKind = "some" | "whole";

/** A workload as a miner serves it: where tasks come in, and how they are answered. */
export interface ResponderEntry<Message> {
  readonly workload: string;
  readonly path: string;
  readonly message: z.ZodType<Message>;
  /** Whose task it claims to be: nobody else may put it. */
  readonly validatorOf: (message: Message) => Hotkey;
  /** How long its validator waits. */
  readonly deadlineOf: (message: Message) => number;
  readonly laneOf: (message: Message) => LaneKind;
  readonly respond: Responder<Message, Uint8Array>;
}

/** A task whose body was checked by the entry's own schema. */
export interface OpenEntry {
  readonly workload: string;
  readonly path: string;
  readonly message: z.ZodType;
  /** Whose task a body is, and how to answer it. */
  readonly open: (body: unknown) => {
    readonly validator: Hotkey;
    readonly deadlineMs: number;
    readonly lane: LaneKind;
    readonly respond: (signal: AbortSignal) => Promise<Uint8Array>;
  };
}

/** The one list: every workload this miner serves. */
export function createResponders(deps: ResponderDeps): readonly OpenEntry[] {
  const { miner, sign, shards } = deps;
  // Lost shards too: their validators list them, and without them no other could be answered for.
  const inventoryOf = inventoryFinder(
    () => shards.promised(),
    () => shards.deleted(),
  );
  const answers = storageAnswers(deps);
  return [
    openEntry({
      workload: "storage/1",
      path: CHALLENGE_PATH,
      message: ChallengeMessage,
      validatorOf: ({ task }) => task.validator,
      deadlineOf: ({ task }) => task.deadline_ms,
      laneOf: ({ task }) => {
        const { mode } = modeOf(task);
        return mode === "sweep" || mode === "token" ? "whole" : "some";
      },
      respond: storageResponder({ miner, sign, shards, inventoryOf, answers }),
    }),
  ];
}

/** The modes beside `sample`, from shards and tags as they are here. */
function storageAnswers(deps: ResponderDeps): AnswersByMode {
  const { shards, tags, sweeps, onUnreadable, refusesSweep } = deps;
  return {
    sweep: async ({ task, ...question }, signal) => {
      if (await refusesSweep(task)) {
        const text =
          "the challenge is refused: its validator keeps the secret of an earlier period";
        throw new CodedError<StorageCode>("CHALLENGE_REFUSED", text);
      }
      const { period } = periodOfSweep(task);
      const find = findOnDisk({ shards, tags, period });
      const heard = ({ shardId }: { readonly shardId: Uint8Array }) =>
        onUnreadable(shardNameOf(shardId));
      return sweeps.answer({ ...question, find, onUnreadable: heard }, signal);
    },
    opening: (task, _seed, signal) => {
      const source = { store: shards, blindKey: null, randomness: randomBytes(32) };
      return answerOpening(task, source, signal);
    },
    token: (task, tokenSeed, signal) => answerToken(shards, task, tokenSeed, signal),
  };
}

/** Closes over the type of an entry's messages, so that different ones fit one list. */
function openEntry<Message>(entry: ResponderEntry<Message>): OpenEntry {
  const { workload, path, message, validatorOf, deadlineOf, laneOf, respond } = entry;
  return {
    workload,
    path,
    message,
    open: (body) => {
      const task = message.parse(body);
      return {
        validator: validatorOf(task),
        deadlineMs: deadlineOf(task),
        lane: laneOf(task),
        respond: (signal) => respond(task, signal),
      };
    },
  };
}
