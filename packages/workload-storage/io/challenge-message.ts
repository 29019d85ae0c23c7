import { StorageTask } from "@neurond/workload-storage";
import { z } from "zod";

/** Where miners take challenges, of all modes. */
export const CHALLENGE_PATH = "/v1/storage/challenges";
/** Bytes of the miner's signature, with which an answer begins. */
export const SIGNATURE_BYTES = 64;

/** What a validator sends: the task and its signature over the seed. */
export const ChallengeMessage = z.strictObject({
  task: StorageTask,
  signature: z.string().regex(/^0x[0-9a-f]{128}$/),
  /** The seed of the asked token, which the task names by its hash; with mode `token` only. */
  token_seed: z.exactOptional(z.string().regex(/^0x[0-9a-f]{64}$/)),
});
export type ChallengeMessage = z.infer<typeof ChallengeMessage>;
