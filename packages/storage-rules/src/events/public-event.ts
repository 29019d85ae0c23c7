import { z } from "zod";
import { TaskEvent } from "./event.ts";

/**
 * What outsiders may see of an event: these fields and no others. Free text is not among them, for a
 * message may name a piece; nor is anything that could say which miner holds which piece.
 */
const PublicFields = z.object(
  TaskEvent.pick({
    task_name: true,
    block: true,
    uids: true,
    successful: true,
    completion_times: true,
    task_status_codes: true,
    step_length: true,
    best_uid: true,
    best_hotkey: true,
    rewards: true,
    set_weights: true,
    moving_averaged_scores: true,
  }).shape,
);

declare const checked: unique symbol;

/** An event that holds only what outsiders may see; there is no other way to make one. */
export type PublicEvent = z.output<typeof PublicFields> & { readonly [checked]: true };

/** What outsiders may see of an event. Fields it should not have are dropped, whatever they hold. */
export function publicEvent(event: TaskEvent): PublicEvent {
  return PublicFields.parse(event) as PublicEvent;
}
