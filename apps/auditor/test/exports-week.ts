import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Chain, connectChain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import type { Devnet } from "@neurond/devnet";
import { Dataset, generate, keyOf, parseOptions, seedDevnet } from "@neurond/gen-exports";
import { MemoryState, type ScoreRun, type TrackedEntry } from "@neurond/ingest";
import {
  chainSubnet,
  chainWitness,
  ENTRY_LIMITS,
  ExportAuditor,
  folderSource,
} from "@neurond/ingest/io";
import { type Hotkey, type Netuid, parseHotkey, toHex, toNetuid } from "@neurond/primitives";
import { openWarehouse } from "@neurond/warehouse";
import { Twox128 } from "@polkadot-api/substrate-bindings";

/** A made-up week, the chain on which it happened, and what an audit of it came to. */
export interface ExportsWeek extends AsyncDisposable {
  readonly chain: Chain;
  readonly devnet: Devnet;
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly signer: Keypair;
  readonly run: ScoreRun;
  readonly entries: readonly TrackedEntry[];
  /** Five minutes after the week. */
  readonly nowMs: number;
}

const WEEK = "--hours 168 --miners 5 --chutes 6 --rate 10 --gen g3 --block-time 300";

/** Makes a week up and audits it against the chain. */
export async function auditedWeek(): Promise<ExportsWeek> {
  await using resources = new AsyncDisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), "neurond-week-"));
  resources.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const folder = join(scratch, "week");
  generate(parseOptions([...WEEK.split(" "), "--out", folder]));
  const { manifest } = new Dataset(folder);
  const devnet = resources.use(await seedDevnet(folder, { onlyValidator: true }));
  const chain = resources.use(await connectChain({ endpoints: [devnet.url] }));
  const warehouse = resources.use(
    await openWarehouse({ directory: join(scratch, "window"), threads: 1 }),
  );
  const [netuid, validator] = [toNetuid(manifest.netuid), parseHotkey(manifest.validator.hotkey)];
  const nowMs = Date.parse(manifest.end) + 300_000;
  const auditor = new ExportAuditor({
    validator,
    source: folderSource(folder),
    witness: chainWitness({ netuid, chain, archives: [], seen: null }),
    readSubnet: chainSubnet(chain, netuid),
    state: new MemoryState(),
    warehouse,
    now: () => nowMs,
    settings: {
      directory: join(scratch, "reports"),
      limits: ENTRY_LIMITS,
      first: "body",
      policy: "strict",
      retries: "at_once",
      tree: true,
      atOnce: 4,
      reconcile: "report",
      profile: "auto",
      skipsMiners: true,
      comparesCounters: false,
      hours: 168,
      retentionHours: 192,
    },
  });
  const { run, entries } = await auditor.pass(AbortSignal.timeout(200_000));
  if (run === null) throw new Error("nothing was scored");
  const signer = keyOf(manifest.seed, "validator");
  const owned = resources.move();
  return {
    chain,
    devnet,
    netuid,
    validator,
    signer,
    run,
    entries,
    nowMs,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Sets an item of SubtensorModule kept by subnet, in the next block. */
export async function setOfSubnet(
  { devnet, netuid }: Pick<ExportsWeek, "devnet" | "netuid">,
  item: string,
  value: Uint8Array,
): Promise<void> {
  const name = (text: string) => Twox128(new TextEncoder().encode(text));
  const id = Uint8Array.of(netuid & 0xff, netuid >>> 8);
  const key = Buffer.concat([name("SubtensorModule"), name(item), id]);
  devnet.setStorage([[toHex(key), value]]);
  await devnet.jump(1);
}

/** Does work that sends extrinsics, and puts each into a block as it comes. */
export async function sealing<T>({ devnet }: Pick<ExportsWeek, "devnet">, work: Promise<T>) {
  const state = { isDone: false };
  const done = work.finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) {
    if ((await pending(devnet.url)) > 0) await devnet.jump(1);
    await sleep(5);
  }
  return await done;
}

async function pending(url: string): Promise<number> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "author_pendingExtrinsics" });
  // Kept open it may be closed by the server while a library that is loaded holds us up.
  const headers = { "content-type": "application/json", connection: "close" };
  const answer = await fetch(url.replace(/^ws/, "http"), { method: "POST", headers, body });
  return ((await answer.json()) as { readonly result: readonly unknown[] }).result.length;
}
