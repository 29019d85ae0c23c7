import type { Call } from "../chain.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import type { Submission } from "../submission.ts";
import { submit } from "./submit.ts";

/**
 * Any call. Its events are judged, also those of calls inside it; what it changes in state only
 * the caller knows, so success in a block is what `included` means here.
 */
export function submitCall(
  context: ChainContext,
  signer: Signer,
  call: Call,
  options: WriteOptions = {},
): Promise<Submission> {
  const plan = { call, confirm: async () => true };
  return submit(context, signer, async () => ({ kind: "ready", plan }), options);
}
