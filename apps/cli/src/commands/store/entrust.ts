import { isCoded } from "@neurond/primitives";
import { custodianOf, withdraw } from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { findCustodian, handOver, takeBack } from "./custodian.ts";
import {
  FILE_ARGUMENT,
  latest,
  OWN_FILE_OPTIONS,
  OWN_FILE_SHARED,
  type OwnFile,
  withOwnFile,
} from "./own-file.ts";
import { publish } from "./publish.ts";
import type { EntrustedShape, WithdrawnShape } from "./schemas.ts";

/** What names an API node that repairs. */
export const CUSTODIAN = "hotkey or URL of an API node";

/** `neurond store entrust` */
export const entrustStored = defineAction<z.infer<typeof EntrustedShape>>({
  name: "entrust",
  summary: "let an API node repair a stored file from now on; no data move",
  description:
    "The file's record names the node as its custodian, with the secret that shards are sealed with boxed for the node's hotkey: with it shards that are lost are made anew, which only you could do before. It does not read the file. A node takes on files of hotkeys that it admits, stored through validators that it knows. The custodian can lose the file by recording shards that are not there; it cannot change a byte. One custodian at a time: another takes the place of the first.",
  args: [FILE_ARGUMENT, { flags: "<custodian>", description: CUSTODIAN }],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: [
    "neurond store entrust report.pdf https://storage.example.org -w me",
    "neurond store entrust report.pdf 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --netuid 1 -w me",
  ],
  schema: async () => (await import("./schemas.ts")).EntrustedShape,
  run: async (call) => {
    const custodian = await findCustodian(call, call.args[1] ?? "");
    return withOwnFile(call, async (file) => {
      const { manifest } = await handOver(call, file, custodian);
      const { id, revision } = manifest;
      return { fileId: id, custodian: custodian.key.hotkey, revision };
    });
  },
  human: ({ custodian }) => `${custodian} repairs it from now on`,
});

/** `neurond store withdraw` */
export const withdrawStored = defineAction<z.infer<typeof WithdrawnShape>>({
  name: "withdraw",
  summary: "let an API node repair a stored file no more",
  description:
    "The record names no custodian any more: the validator gives the former one no shards, and takes no repairs of it. It still knows the secret that shards are sealed with, so that together with miners it could have one copy stand for many: who minds stores the file anew. From now on nobody but you can have it repaired.",
  args: [FILE_ARGUMENT],
  options: OWN_FILE_OPTIONS,
  shared: OWN_FILE_SHARED,
  examples: ["neurond store withdraw report.pdf -w me"],
  schema: async () => (await import("./schemas.ts")).WithdrawnShape,
  run: (call) => withOwnFile(call, (file) => withdrawFile(call, file)),
  human: ({ custodian }) =>
    custodian === null ? "nobody repaired it" : `${custodian} repairs it no more`,
});

async function withdrawFile(call: Call, file: OwnFile): Promise<z.infer<typeof WithdrawnShape>> {
  const before = await latest(file, call.signal);
  const custodian = custodianOf(before);
  if (custodian === null) return { fileId: before.id, custodian };
  await publish(call, file, withdraw(before));
  try {
    await takeBack(call, file, await findCustodian(call, custodian));
  } catch (error) {
    call.signal.throwIfAborted();
    if (!isCoded(error)) throw error;
    // It finds out by itself: the validator gives it nothing any more.
    call.note(`the former custodian was not told: ${error.message}`);
  }
  return { fileId: before.id, custodian };
}
