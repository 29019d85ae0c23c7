import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { writeWhole } from "@neurond/files";
import { fromHex } from "@neurond/primitives";
import { readersOf, shareWith, signReadGrant, unshare } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { parseSharingAddress, type SharingAddress } from "./address.ts";
import { encodeLocalFile } from "./local-files.ts";
import {
  FILE_ARGUMENT,
  latest,
  OWN_FILE_OPTIONS,
  OWN_FILE_SHARED,
  type OwnFile,
  withOwnFile,
} from "./own-file.ts";
import { outputName, standsAt, taken } from "./place-output.ts";
import { publish } from "./publish.ts";
import type { SharedShape, UnsharedShape } from "./schemas.ts";

const GRANTEE = {
  flags: "<grantee>",
  description: "what `store address` prints where the file is to be read",
};

/** `neurond store share` */
export const shareStored = defineAction<z.infer<typeof SharedShape>>({
  name: "share",
  summary: "let somebody else read a stored file; no data move",
  description:
    "The keys to read the shards that are there are boxed for the grantee, never the secret that shards are sealed with. What the grantee needs is written to a file: hand it over, it opens with the grantee's coldkey only. Share again after repairs have moved many shards. Only the hotkey that stored the file may.",
  args: [FILE_ARGUMENT, GRANTEE],
  options: [
    { flags: "-o, --output <file>", description: "where to write it (default: <name>.share.json)" },
    { flags: "--overwrite", description: "replace a file that is there" },
    ...OWN_FILE_OPTIONS,
  ],
  shared: OWN_FILE_SHARED,
  examples: [
    "neurond store share report.pdf 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY/0x8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f -w me",
  ],
  schema: async () => (await import("./schemas.ts")).SharedShape,
  run: (call) => {
    const grantee = parseSharingAddress(call.args[1] ?? "");
    return withOwnFile(call, (file) => share(call, file, grantee));
  },
  human: ({ output, hotkey }) => `hand ${output} over to ${hotkey}; \`store accept\` takes it`,
});

/** `neurond store unshare` */
export const unshareStored = defineAction<z.infer<typeof UnsharedShape>>({
  name: "unshare",
  summary: "let somebody read a stored file no more",
  description:
    "The validator gives the grantee nothing from now on. Whoever fetched the file before has it, and its key: for bytes that nobody has seen store another file.",
  args: [FILE_ARGUMENT, GRANTEE],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: [
    "neurond store unshare report.pdf 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY/0x8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f -w me",
  ],
  schema: async () => (await import("./schemas.ts")).UnsharedShape,
  run: (call) => {
    const { publicKey } = parseSharingAddress(call.args[1] ?? "");
    return withOwnFile(call, async (file) => {
      const before = await latest(file, call.signal);
      const had = readersOf(before).includes(publicKey);
      if (had) await publish(call, file, unshare(before, fromHex(publicKey)));
      return { fileId: before.id, publicKey, had };
    });
  },
  human: ({ publicKey, had }) =>
    had ? `${publicKey} reads it no more` : `it was not shared with ${publicKey}`,
});

async function share(
  call: Call,
  file: OwnFile,
  { hotkey, publicKey }: SharingAddress,
): Promise<z.infer<typeof SharedShape>> {
  const { network, ownerKey, signatory } = file;
  const before = await latest(file, call.signal);
  const name = outputName(call.args[0] ?? null, before.id);
  const output = resolve(call.given("output") ?? `${name}.share.json`);
  const standing = await standsAt(output, { size: -1, sha256: "0x" });
  if (standing !== "nothing" && !call.on("overwrite")) throw taken(output);
  const shared = shareWith(before, ownerKey, fromHex(publicKey), randomBytes(32));
  const { manifest } = await publish(call, file, shared);
  const grant = signReadGrant({ file_id: manifest.id, reader: hotkey, to: publicKey }, (digest) =>
    signatory.key.sign(digest),
  );
  const { hotkey: validator, url } = network;
  const { keepers } = file;
  const text = encodeLocalFile({ manifest, validator, url: url.href, keepers, grant });
  await writeWhole(output, text);
  return { fileId: manifest.id, hotkey, publicKey, output };
}
