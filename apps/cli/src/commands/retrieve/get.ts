import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expandHome } from "@neurond/chain/wallet";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { FETCH_OPTIONS, fetchFile, showFetched } from "../store/fetch-file.ts";
import { VALIDATOR_SHARED, validatorOptions } from "../store/find-validator.ts";
import { HASH_OPTION } from "../store/hash-file.ts";
import type { GetShape } from "../store/schemas.ts";
import { ACCEPTED_OPTIONS, argumentOrOption } from "../store/seed-options.ts";
import { TIMEOUT_SENTENCE } from "../store/stall-watch.ts";
import { DIRECTORY_OPTION } from "../store/store-options.ts";

const DEFAULT_BASEPATH = "~/.bittensor/storage";

/** `neurond retrieve get` */
export const getRetrieved = defineAction<z.infer<typeof GetShape>>({
  name: "get",
  summary: "bring a file back by its id or name into the storage directory",
  description: `The same as \`store get\`, with the file going where upstream's client puts it: under its remembered name, else under its id. Where no hash file names it, the validators of the subnet are asked for its id, those with most stake first. Ids of upstream are asked of API nodes, and what comes is believed when it hashes to the id; such a file is held in memory. No name leads out of the directory, and another file that stands there is replaced only with --overwrite. ${TIMEOUT_SENTENCE}`,
  args: [{ flags: "[file]", description: "id or remembered name of the file" }],
  options: [
    { flags: "--data-hash <id>", description: "the same, as an option; asked for when not given" },
    { flags: "--cid <id>", description: "the same again, as later versions spell it" },
    HASH_OPTION,
    {
      flags: "--storage-basepath <directory>",
      description: `where the file goes (default: ${DEFAULT_BASEPATH})`,
    },
    ...FETCH_OPTIONS,
    DIRECTORY_OPTION,
    ...validatorOptions("retrieve"),
    ...ACCEPTED_OPTIONS,
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond retrieve get report.pdf -w me --storage_basepath back",
    "neurond retrieve get --data_hash 0x6b1f0c2d6b1f0c2d6b1f0c2d6b1f0c2d6b1f0c2d6b1f0c2d6b1f0c2d6b1f0c2d --stake_limit 1000 --wallet.name me --no_prompt",
  ],
  schema: async () => (await import("../store/schemas.ts")).GetShape,
  run: async (call) => {
    const wanted = await argumentOrOption(call, ["data-hash", "cid"], "id of the file");
    return fetchFile(call, wanted, async (name) => join(await storageDirectory(call), name));
  },
  human: showFetched,
});

async function storageDirectory(call: Call): Promise<string> {
  const named = call.given("storage-basepath") ?? DEFAULT_BASEPATH;
  const directory = resolve(expandHome(named, call.env));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return directory;
}
