/** Every code of the storage commands, beside those of keys, chain and the storage client. */
export const STORE_COMMAND_ERRORS = {
  FILE_UNKNOWN: {
    cause: "no record here has that name, and it is no file id",
    remedy: "give the id that `store put` printed, or the --directory of the records",
  },
  OUTPUT_EXISTS: {
    cause: "there is a file of that name, and nobody said to replace it",
    remedy: "give another --output, or --overwrite",
  },
  VALIDATOR_MISSING: {
    cause: "no validator was named, and none that the chain announces answers",
    remedy: "name one with --validator, or check --netuid and the network",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes of the storage commands. */
export type StoreCommandCode = keyof typeof STORE_COMMAND_ERRORS;
