import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { UsageCode } from "../../failures.ts";
import { SETTINGS, withKeys } from "./open-keys.ts";
import type { KeysShape, NewKeyShape, RemovedShape } from "./schemas.ts";

const MAX_LABEL = 100;
const SAMPLE = "--settings config/storage-api.yaml";

/** `neurond storage-api keys-add` */
export const addKey = defineAction<z.infer<typeof NewKeyShape>>({
  name: "keys-add",
  summary: "make an access key of S3 for a hotkey, and show its secret, once",
  description:
    "What is stored with it is the hotkey's. The secret is kept encrypted under the node's hotkey.",
  args: [{ flags: "<owner>", description: "ss58 of the hotkey whose files it opens" }],
  options: [
    { flags: "--label <text>", description: "for whoever reads the list of keys" },
    SETTINGS,
  ],
  examples: [
    `neurond storage-api keys-add 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --label laptop ${SAMPLE}`,
  ],
  schema: async () => (await import("./schemas.ts")).NewKeyShape,
  run: async (call) => {
    const { parseHotkey } = await import("@neurond/primitives");
    const owner = parseHotkey(call.args[0] ?? "");
    const label = call.given("label") ?? "";
    if (label.length > MAX_LABEL) {
      throw new CodedError<UsageCode>("USAGE", `--label has at most ${MAX_LABEL} characters`);
    }
    const { openHotkey } = await import("@neurond/chain/wallet");
    const { KeyRing, secretBox } = await import("@neurond/storage-api");
    return withKeys(call, async ({ config, keys }) => {
      const warn = ({ message }: { readonly message: string }) => call.note(message);
      const node = await openHotkey(config.wallet, call.env, warn);
      try {
        const ring = new KeyRing({ keys, box: secretBox(node.exportSecret()), now: Date.now });
        const { accessKeyId, secret } = await ring.add(owner, label);
        return { accessKeyId, secretAccessKey: secret, owner };
      } finally {
        node.wipe();
      }
    });
  },
  human: ({ accessKeyId, secretAccessKey, owner }, view) =>
    view.pairs([
      ["aws_access_key_id", accessKeyId],
      ["aws_secret_access_key", secretAccessKey],
      ["owner", owner],
    ]),
});

/** `neurond storage-api keys-list` */
export const listKeys = defineAction<z.infer<typeof KeysShape>>({
  name: "keys-list",
  summary: "list the access keys of S3, without their secrets",
  options: [SETTINGS],
  examples: [`neurond storage-api keys-list ${SAMPLE}`],
  schema: async () => (await import("./schemas.ts")).KeysShape,
  run: (call) =>
    withKeys(call, async ({ keys }) => ({
      keys: (await keys.list()).map(({ accessKeyId, owner, label, createdMs }) => {
        return { accessKeyId, owner, label, created: new Date(createdMs).toISOString() };
      }),
    })),
  human: ({ keys }, view) => {
    if (keys.length === 0) return "no access keys";
    const titles = ["ACCESS KEY", "OWNER", "LABEL", "CREATED"].map((title) => ({ title }));
    const rows = keys.map(({ accessKeyId, owner, label, created }) => {
      return [accessKeyId, owner, label, created];
    });
    return view.table(titles, rows);
  },
});

/** `neurond storage-api keys-remove` */
export const removeKey = defineAction<z.infer<typeof RemovedShape>>({
  name: "keys-remove",
  summary: "remove an access key of S3; within seconds it opens nothing",
  args: [{ flags: "<access-key>", description: "its id, as keys-list shows it" }],
  options: [SETTINGS],
  examples: [`neurond storage-api keys-remove NKABCDEFGHIJKLMNOP ${SAMPLE}`],
  schema: async () => (await import("./schemas.ts")).RemovedShape,
  run: (call) =>
    withKeys(call, async ({ keys }) => {
      const [accessKeyId = ""] = call.args;
      return { accessKeyId, removed: await keys.remove(accessKeyId) };
    }),
  exitCode: ({ removed }) => (removed ? 0 : 1),
  human: ({ accessKeyId, removed }) =>
    removed ? `removed ${accessKeyId}` : `there is no access key ${accessKeyId}`,
});
