import type { Hotkey, Uid } from "@neurond/primitives";

/** A miner as the metagraph shows it at the moment it is asked. */
export interface Neuron {
  readonly hotkey: Hotkey;
  readonly uid: Uid;
  /** Where it serves, such as `http://10.0.0.1:8091`; null when it never said. */
  readonly url: string | null;
}

/** Asks a miner and brings back what it answered, unjudged. Rejects only when we are at fault. */
export type Prober<Task, Evidence> = (
  miner: Neuron,
  task: Task,
  signal: AbortSignal,
) => Promise<Evidence | "offline">;

/** Sends one signed request; rejects when nobody answers in time or the answer is too long. */
export type SendTask = (request: {
  readonly url: URL;
  readonly method: "POST";
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly receiver: Hotkey;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly maxAnswerBytes: number;
}) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

/** Does a task on a miner. */
export type Responder<Task, Response> = (task: Task, signal: AbortSignal) => Promise<Response>;
