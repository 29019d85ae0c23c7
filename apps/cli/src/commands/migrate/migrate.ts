import { resolve } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import type { MigratedShape } from "./schemas.ts";

type Result = z.infer<typeof MigratedShape>;

/** `neurond migrate` */
export const migrate = defineAction<Result>({
  name: "migrate",
  summary: "copy a miner's shards to another directory, and check every one of them",
  description:
    "Copies storage.directory shard by shard: each is hashed against its root on its way, synced, and switched to by its receipt, which is written last. The old directory is only read, and stays until you remove it. A run that was killed is continued by the next. For a short standstill run it while the miner works, stop the miner, and run it once more: that brings what came meanwhile. Exits 1 when something did not come along; the list says what and why.",
  options: [
    { flags: "--from <directory>", description: "the directory that is left" },
    { flags: "--to <directory>", description: "the new one, made when it is not there" },
    {
      flags: "--index <number>",
      description:
        "the number of the miner's Redis database, which is not used: receipts lie beside shards",
    },
    { flags: "--dry-run", description: "say what there is to do, and do nothing" },
    { flags: "--verify", description: "read everything back from the new directory and hash it" },
  ],
  examples: [
    "neurond migrate --from data/shards --to /mnt/big/shards --dry-run",
    "neurond migrate --from data/shards --to /mnt/big/shards --verify",
  ],
  schema: async () => (await import("./schemas.ts")).MigratedShape,
  run: async (call) => {
    const [from, to] = [pathOf(call, "from"), pathOf(call, "to")];
    if (`${to}/`.startsWith(`${from}/`) || `${from}/`.startsWith(`${to}/`)) {
      throw new CodedError<UsageCode>("USAGE", "--from and --to must not lie in each other");
    }
    call.integer("index", { min: 0, max: 1_000_000 });
    const [dryRun, verify] = [call.on("dry-run"), call.on("verify")];
    const { migrateStore } = await import("@neurond/workload-storage/io");
    const moved = await call.progress(
      dryRun ? "looking" : "copying",
      migrateStore({ from, to, dryRun, verify }, call.signal),
    );
    return { from, to, dryRun, ...moved, left: moved.left.map((one) => ({ ...one })) };
  },
  exitCode: ({ left }) => (left.length === 0 ? 0 : 1),
  human: ({ from, to, dryRun, shards, bytes, copied, present, verified, grants, left }) =>
    [
      ...left.map(({ name, reason }) => `${name}: ${reason}`),
      dryRun
        ? `${shards} shards, ${bytes} bytes, ${grants} grants are to be copied from ${from} to ${to}`
        : `${copied} shards copied, ${present} were there, ${verified} read back, ${grants} grants, of ${shards} shards and ${bytes} bytes`,
      ...(left.length > 0 ? [`${left.length} did not come along; ${from} stays as it is`] : []),
      ...(left.length === 0 && !dryRun
        ? [`set storage.directory to ${to}, start the miner, and remove ${from} when it serves`]
        : []),
    ].join("\n"),
});

function pathOf(call: Call, name: "from" | "to"): string {
  const path = call.given(name);
  if (path !== undefined) return resolve(path);
  throw new CodedError<UsageCode>("USAGE", `--${name} is needed: a miner's storage.directory`);
}
