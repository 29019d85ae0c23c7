import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { findValidator, VALIDATOR_SHARED, validatorOptions } from "./find-validator.ts";
import type { LocalFile } from "./local-files.ts";
import { nameOf } from "./open-key.ts";
import { type BoxKey, openBoxKey, openSignatory } from "./owner.ts";
import type { ListShape } from "./schemas.ts";
import { DIRECTORY_OPTION, localFilesOf } from "./store-options.ts";

type Listed = z.infer<typeof ListShape>["files"][number];

/** `neurond store list` */
export const listStored = defineAction<z.infer<typeof ListShape>>({
  name: "list",
  summary: "list the files stored from this machine, and those a validator knows",
  description:
    "Names are boxed under the coldkey, which is opened to show them unless --ids is given. The validator is asked only when --validator names it.",
  options: [
    { flags: "--ids", description: "ids without names; needs no coldkey" },
    DIRECTORY_OPTION,
    ...validatorOptions("retrieve"),
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond store list -w me",
    "neurond store list --ids --json",
    "neurond store list -w me --validator http://127.0.0.1:8092",
  ],
  schema: async () => (await import("./schemas.ts")).ListShape,
  run: list,
  human: ({ files }, view) =>
    view.table(
      [
        { title: "file" },
        { title: "bytes", align: "right" },
        { title: "shards", align: "right" },
        { title: "until block", align: "right" },
        { title: "record" },
        { title: "id" },
      ],
      files.map(({ name, size, rs, expires, where, fileId }) => [
        name ?? "",
        size === null ? "" : String(size),
        rs === null ? "" : `${rs[0]} of ${rs[1]}`,
        String(expires),
        where,
        fileId,
      ]),
    ),
});

async function list(call: Call): Promise<z.infer<typeof ListShape>> {
  const { files, unreadable } = await localFilesOf(call).all();
  const listed = new Map<string, Listed>();
  const wantsNames = files.length > 0 && !call.on("ids");
  using box = wantsNames ? await openBoxKey(call) : undefined;
  for (const file of files) listed.set(file.manifest.id, describe(file, box));
  if (call.given("validator") !== undefined) {
    for (const file of await remoteFiles(call)) {
      const here = listed.get(file.fileId);
      listed.set(file.fileId, here === undefined ? file : { ...here, where: "both" });
    }
  }
  return { files: [...listed.values()], unreadable: [...unreadable] };
}

function describe({ manifest, validator }: LocalFile, box: BoxKey | undefined): Listed {
  const { id, size, segments, rs, expires } = manifest;
  return {
    fileId: id,
    name: box === undefined ? null : nameOf(manifest, box),
    size,
    segments: segments.length,
    rs,
    expires,
    validator,
    where: "here",
  };
}

async function remoteFiles(call: Call): Promise<readonly Listed[]> {
  using signatory = await openSignatory(call);
  const { network } = await findValidator(call, signatory.key, "retrieve");
  const files = await network.files(call.signal);
  return files.map(({ file_id, expires_block }) => ({
    fileId: file_id,
    name: null,
    size: null,
    segments: null,
    rs: null,
    expires: expires_block,
    validator: network.hotkey,
    where: "validator",
  }));
}
