import { resolve } from "node:path";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { FETCH_OPTIONS, fetchFile, showFetched } from "./fetch-file.ts";
import { VALIDATOR_SHARED, validatorOptions } from "./find-validator.ts";
import { HASH_OPTION } from "./hash-file.ts";
import type { GetShape } from "./schemas.ts";
import { ACCEPTED_OPTIONS } from "./seed-options.ts";
import { TIMEOUT_SENTENCE } from "./stall-watch.ts";
import { DIRECTORY_OPTION } from "./store-options.ts";

/** `neurond store get` */
export const getStored = defineAction<z.infer<typeof GetShape>>({
  name: "get",
  summary: "bring a stored file back, check it and decrypt it",
  description: `Of each segment as many shards as restore it are taken, each only when it hashes to its root, so a miner can cost time but not content. The file appears whole or not at all; what an interrupted attempt fetched is taken up again. Needs the coldkey it was stored with, or one it is shared with. ${TIMEOUT_SENTENCE}`,
  args: [{ flags: "<file>", description: "id of the file, or its name when its record is here" }],
  options: [
    {
      flags: "-o, --output <file>",
      description: "where to write it (default: its own name, here)",
    },
    ...FETCH_OPTIONS,
    DIRECTORY_OPTION,
    HASH_OPTION,
    ...validatorOptions("retrieve"),
    ...ACCEPTED_OPTIONS,
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond store get report.pdf -w me",
    "neurond store get report.pdf -w me --output back.pdf --json",
    "neurond store get report.pdf -w me --range 0-1023 --output head.bin",
  ],
  schema: async () => (await import("./schemas.ts")).GetShape,
  run: (call) => {
    const [wanted = ""] = call.args;
    return fetchFile(call, wanted, async (name) => resolve(call.given("output") ?? name));
  },
  human: showFetched,
});
