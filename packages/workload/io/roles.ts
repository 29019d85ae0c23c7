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

/** Does a task on a miner. */
export type Responder<Task, Response> = (task: Task, signal: AbortSignal) => Promise<Response>;
