/** Every code of the storage commands, beside those of keys, chain and storage proofs. */
export const STORE_COMMAND_ERRORS = {
  FILE_UNKNOWN: {
    cause: "no record here has that name, and it is no file id",
    remedy: "give the id that `store put` printed, or the --directory of the records",
  },
  OUTPUT_EXISTS: {
    cause: "there is a file of that name, and nobody said to replace it",
    remedy: "give another --output, or --overwrite",
  },
  VALIDATOR_MALFORMED: {
    cause: "the answer is not one of a validator",
    remedy: "check the address, and that both sides are of one version",
  },
  VALIDATOR_MISSING: {
    cause: "no validator was named, and none that the chain announces answers",
    remedy: "name one with --validator, or check --netuid and the network",
  },
  VALIDATOR_REFUSED: {
    cause: "the validator said no; its own code and words are in the message",
    remedy: "do what it says; it may store for listed clients only",
  },
  VALIDATOR_UNREACHABLE: {
    cause: "the validator did not answer, or the connection ended",
    remedy: "check that it runs, or name another with --validator",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes of the storage commands. */
export type StoreCommandCode = keyof typeof STORE_COMMAND_ERRORS;
