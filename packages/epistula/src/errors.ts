/** Codes this package throws. A refused request is never one of them: it is a `Refusal`. */
export type EpistulaCode =
  | "DIGEST_INVALID"
  | "POLICY_INVALID"
  | "REPLAY_FULL"
  | "REPLAY_RETENTION_SHORT"
  | "SIGN_INPUT_INVALID";
