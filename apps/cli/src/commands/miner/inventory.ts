import { type Hotkey, parseHotkey, toHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { WALLET_OPTIONS, walletOf } from "../../wallet.ts";
import { VALIDATOR_SHARED } from "../store/find-validator.ts";
import { ACCEPTED_OPTIONS } from "../store/seed-options.ts";
import type { InventoryShape } from "./schemas.ts";
import { mostEntries, publicValidator, RECORD_OPTIONS } from "./validator-url.ts";

/** `neurond miner inventory` */
export const minerInventory = defineAction<z.infer<typeof InventoryShape>>({
  name: "inventory",
  summary: "show which shards a miner holds for a validator, by the list that is challenged",
  description:
    "Taken from the validator's public log: the list it signed for the latest run, checked against its hash and signature. Without --hotkey it is the wallet's own.",
  options: [
    { flags: "--hotkey <ss58>", description: "the miner (default: the wallet's hotkey)" },
    ...RECORD_OPTIONS,
    ...ACCEPTED_OPTIONS,
  ],
  shared: [...WALLET_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond miner inventory -w me -H first --netuid 21",
    "neurond miner inventory --hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --validator http://127.0.0.1:8092 --json",
  ],
  schema: async () => (await import("./schemas.ts")).InventoryShape,
  run: inventory,
  exitCode: ({ run, signed }) => (run === null || signed ? 0 : 1),
  human: ({ hotkey, run, signed, bytes, shards }, view) => {
    if (run === null) return `no inventory of ${hotkey} is published here`;
    const head = view.pairs([
      ["miner", hotkey],
      ["run", String(run)],
      ["signed", signed ? "yes" : "no: the list is not the one its validator signed"],
      ["bytes", `${bytes} in ${shards.length} shards`],
    ]);
    const columns = [{ title: "shard" }, { title: "bytes", align: "right" as const }];
    const rows = shards.map(({ shardId, size }) => [shardId, String(size)]);
    return `${head}\n\n${view.table(columns, rows)}`;
  },
});

async function inventory(call: Call): Promise<z.infer<typeof InventoryShape>> {
  const { readRecord } = await import("./read-record.ts");
  const { holdingsIn } = await import("./holdings.ts");
  const hotkey = await minerOf(call);
  const { url, hotkey: validator } = await publicValidator(call);
  const reading = readRecord(url, { most: mostEntries(call), signal: call.signal });
  const record = await call.progress(`reading the log of ${url.host}`, reading);
  const held = (await holdingsIn(record, hotkey)).get(hotkey);
  if (held === undefined) {
    return { validator, hotkey, run: null, signed: false, bytes: 0, shards: [] };
  }
  const { run, isSigned: signed, bytes } = held;
  const shards = Array.from(held.shards, ({ shardId, root, size }) => {
    return { shardId: toHex(shardId), root: toHex(root), size };
  });
  return { validator, hotkey, run, signed, bytes, shards };
}

async function minerOf(call: Call): Promise<Hotkey> {
  const given = call.given("hotkey");
  return given === undefined ? walletOf(call).hotkeyAddress() : parseHotkey(given);
}
