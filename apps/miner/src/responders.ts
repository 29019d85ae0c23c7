import type { Hotkey } from "@neurond/primitives";
import type { Responder } from "@neurond/workload/io";
import {
  CHALLENGE_PATH,
  ChallengeMessage,
  type ShardStore,
  storageResponder,
} from "@neurond/workload-storage/io";
import type { z } from "zod";
import { inventoryFinder } from "./find-inventory.ts";

/** What responders work with. */
export interface ResponderDeps {
  readonly miner: Hotkey;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly shards: ShardStore;
}

/** A workload as a miner serves it: where tasks come in, and how they are answered. */
export interface ResponderEntry<Message> {
  readonly workload: string;
  readonly path: string;
  readonly message: z.ZodType<Message>;
  /** Whose task it claims to be: nobody else may put it. */
  readonly validatorOf: (message: Message) => Hotkey;
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
    readonly respond: (signal: AbortSignal) => Promise<Uint8Array>;
  };
}

/** The one list: every workload this miner serves. */
export function createResponders({ miner, sign, shards }: ResponderDeps): readonly OpenEntry[] {
  const inventoryOf = inventoryFinder(() => shards.list());
  return [
    openEntry({
      workload: "storage/1",
      path: CHALLENGE_PATH,
      message: ChallengeMessage,
      validatorOf: ({ task }) => task.validator,
      respond: storageResponder({ miner, sign, shards, inventoryOf }),
    }),
  ];
}

/** Closes over the type of an entry's messages, so that different ones fit one list. */
function openEntry<Message>(entry: ResponderEntry<Message>): OpenEntry {
  const { workload, path, message, validatorOf, respond } = entry;
  return {
    workload,
    path,
    message,
    open: (body) => {
      const task = message.parse(body);
      return { validator: validatorOf(task), respond: (signal) => respond(task, signal) };
    },
  };
}
