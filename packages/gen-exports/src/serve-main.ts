import { setTimeout as sleep } from "node:timers/promises";
import { seedDevnet } from "./chain/seed-devnet.ts";
import { Dataset } from "./dataset.ts";
import { serveDataset } from "./serve/mock-api.ts";

/**
 * `npm run gen-exports -- serve <folder>`: the API and the chain of a data set, until it is interrupted, with
 * the configuration that audits them.
 */
export async function serveMain([folder]: readonly string[]): Promise<number> {
  if (folder === undefined) {
    process.stderr.write("gen-exports: give the folder that is to be served\n");
    return 2;
  }
  const { manifest } = new Dataset(folder);
  process.stderr.write("gen-exports: replaying the commitments onto a chain\n");
  await using api = await serveDataset(folder);
  await using devnet = await seedDevnet(folder);
  process.stdout.write(
    [
      `validators: [{ name: made-up, hotkey: ${manifest.validator.hotkey}, url: "${api.url}" }]`,
      `subtensor: ${devnet.url}`,
      `netuid: ${manifest.netuid}`,
      "synthetics: { enabled: false }",
      "",
    ].join("\n"),
  );
  process.stderr.write("gen-exports: serving; this configuration audits it; ctrl-c ends it\n");
  const stop = new AbortController();
  const end = () => stop.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  // An auditor takes a chain that stands still for a broken one.
  while (await passes(BLOCK_MS, stop.signal)) await devnet.jump(1);
  return 0;
}

const BLOCK_MS = 12_000;

/** Whether so much time passed without an interrupt. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
