/** Codes of the storage commands, beside those of keys, chain and storage proofs. */
export type StoreCommandCode =
  /** The name or id is known neither here nor to the validator. */
  | "FILE_UNKNOWN"
  /** There is a file of that name, and nobody said to replace it. */
  | "OUTPUT_EXISTS"
  /** The validator answered something that no validator answers. */
  | "VALIDATOR_MALFORMED"
  /** No validator was named, and none on chain answers. */
  | "VALIDATOR_MISSING"
  /** The validator said no; its own code and words are in the message. */
  | "VALIDATOR_REFUSED"
  /** The validator did not answer. */
  | "VALIDATOR_UNREACHABLE";
