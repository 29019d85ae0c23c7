/** Every code of the storage commands, beside those of keys, chain and the storage client. */
export const STORE_COMMAND_ERRORS = {
  API_NODE_FAILED: {
    cause: "no API node took the file, or gave the one that upstream's id names",
    remedy: "name another node, or check that the signing hotkey is whitelisted there",
  },
  CUSTODIAN_FAILED: {
    cause: "the API node that is to repair the file was not found, or did not take it on",
    remedy:
      "do what the message says and run `store entrust`; the file is stored, and until then only its owner can have it repaired",
  },
  FILE_FOREIGN: {
    cause: "the file is another hotkey's",
    remedy: "sign with the hotkey that stored it: --wallet.name and --wallet.hotkey, or --uri",
  },
  FILE_UNKNOWN: {
    cause: "no record here has that name, and it is no file id",
    remedy: "give the id that `store put` printed, or the --directory of the records",
  },
  GRANTEE_INVALID: {
    cause: "the grantee is no address that `store address` prints",
    remedy: "let the grantee run `store address` and give what it prints",
  },
  HASH_FILE_INVALID: {
    cause: "a wallet's file of names and ids is no JSON object, or too large",
    remedy: "move it away or repair it; ids are also in the records under --directory",
  },
  LOCK_HELD: {
    cause: "another process has been writing the same file for long",
    remedy: "wait for it to end, or end it",
  },
  MINER_SILENT: {
    cause: "no miner of the signing hotkey answers there",
    remedy: "start it, or give its --url and the wallet it runs with",
  },
  OUTPUT_EXISTS: {
    cause: "there is a file of that name, and nobody said to replace it",
    remedy: "give another --output, or --overwrite",
  },
  TRANSFER_STALLED: {
    cause: "for as long as --timeout says, not a byte went over the wire",
    remedy: "run the same command again, which goes on from there, or give a longer --timeout",
  },
  VALIDATOR_MISSING: {
    cause: "no validator was named, and none that the chain announces answers",
    remedy: "name one with --validator, or check --netuid and the network",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes of the storage commands. */
export type StoreCommandCode = keyof typeof STORE_COMMAND_ERRORS;
