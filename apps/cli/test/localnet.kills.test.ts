import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectChain } from "@neurond/chain";
import { type HeadText, hasGrown, parseCommitment } from "@neurond/ledger";
import { toBlockNumber, toNetuid } from "@neurond/primitives";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { NETUID, NEURONS } from "../src/commands/localnet/cast.ts";
import { fetchJson } from "../src/commands/localnet/fetch-json.ts";
import { neurond } from "../src/commands/localnet/neurond.ts";
import { readAudit } from "../src/commands/localnet/read-audit.ts";
import { killNow, seeded, victims } from "./localnet/killer.ts";
import { LocalnetProcess, localnetDirectory } from "./localnet/localnet-process.ts";

const KILLS = 20;
const SEED = Number(process.env["KILLS_SEED"] ?? 1);
/** A process lives so long before the next one is killed, at a moment of the seed's choice. */
const PAUSE_MS = { least: 1_000, most: 5_000 };
const RECOVERY_MS = 150_000;

/** What only a validator that forgot what it said could be accused of. */
const CONTRADICTIONS = ["EQUIVOCATION", "LOG_FORKED", "REPORT_VS_COMMITMENT", "VERDICT_FORGED"];

const VALIDATORS = NEURONS.filter(({ role }) => role === "validator");
const Head = z.object({ size: z.int(), root: z.string() });
const Growth = z.object({ hashes: z.array(z.string()) });
const signal = new AbortController().signal;

test(`${KILLS} kills at moments of seed ${SEED}: nothing is said twice, nothing acknowledged is lost, weights are set`, async () => {
  await using directory = await localnetDirectory();
  await using net = LocalnetProcess.start(directory.path);
  onTestFinished(({ task }) => {
    if (task.result?.state === "fail") process.stderr.write(net.stderr);
  });
  await net.says(": returned", 120_000);
  const ports: Record<string, number> = (await readFounding(directory.path)).ports;
  const baseOf = (name: string) => new URL(`http://127.0.0.2:${ports[name]}`);

  const random = seeded(SEED);
  const acknowledged: { readonly name: string; readonly head: HeadText }[] = [];
  for (const victim of victims(KILLS, random)) {
    await sleep(PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least));
    for (const { name } of VALIDATORS) {
      const head = await fetchJson(Head, new URL("/v1/log/checkpoint", baseOf(name)), signal);
      if (head !== undefined) acknowledged.push({ name, head });
    }
    const wasThere = await killNow(directory.path, victim);
    process.stderr.write(`kill -9 ${victim}${wasThere ? "" : ": it was not there"}\n`);
  }

  const killedAt = lastRunOf(net.stderr);
  const honest = VALIDATORS.filter(({ cheat }) => cheat === undefined);
  const weighed = await agreedAfter(killedAt, baseOf("auditor"), honest.length);
  expect(weighed.length, "agreed runs after the last kill").toBeGreaterThanOrEqual(2);

  expect(acknowledged.length).toBeGreaterThan(KILLS);
  for (const { name, head } of acknowledged) {
    expect(await isKept(baseOf(name), head), `${name} kept ${head.size} entries`).toBe(true);
  }
  expect(await saidTwice(directory.path)).toEqual([]);
  const { findings } = await readAudit(baseOf("auditor"), "", signal);
  const contradictions = findings.filter(({ code }) => CONTRADICTIONS.includes(code));
  expect(contradictions).toEqual([]);
  expect(await isFileKept(directory.path, baseOf("validator-1"))).toBe(true);
}, 600_000);

async function readFounding(directory: string) {
  return JSON.parse(await readFile(join(directory, "localnet.json"), "utf8"));
}

function lastRunOf(lines: string): number {
  return Number([...lines.matchAll(/run-(\d+) begins/g)].at(-1)?.[1] ?? 0);
}

/** Waits for two runs that began after another one, with every honest row as recomputed. */
async function agreedAfter(
  index: number,
  auditor: URL,
  honest: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    const { runs } = await readAudit(auditor, "", signal);
    const found = [...runs].flatMap(([id, { isAgreed, exact }]) =>
      isAgreed && exact.length >= honest && Number(id.slice("run-".length)) > index ? [id] : [],
    );
    if (found.length >= 2 || Date.now() > deadline) return found;
    await sleep(500);
  }
}

/** Whether a validator's log still begins with what it once vouched for. */
async function isKept(base: URL, older: HeadText): Promise<boolean> {
  const newer = await fetchJson(Head, new URL("/v1/log/checkpoint", base), signal);
  if (newer === undefined) return false;
  if (older.size === 0) return true;
  const path = `/v1/log/proof/growth?from=${older.size}&to=${newer.size}`;
  const growth = await fetchJson(Growth, new URL(path, base), signal);
  return growth !== undefined && hasGrown(older, newer, growth.hashes);
}

/** Runs that one hotkey committed to with more than one hash, over the whole chain. */
async function saidTwice(directory: string): Promise<readonly string[]> {
  const hashes = new Map<string, Set<string>>();
  const url = await chainUrlIn(directory);
  await using chain = await connectChain({ endpoints: [url], stallMs: 0 }, signal);
  const { number: to } = await chain.head({ signal });
  const range = { from: toBlockNumber(1), to, netuid: toNetuid(NETUID) };
  for await (const { hotkey, fields } of chain.scanCommitments(range, { signal })) {
    const texts = fields.flatMap((field) =>
      field.kind === "raw" ? [Buffer.from(field.bytes).toString("latin1")] : [],
    );
    const { scores } = parseCommitment(texts);
    if (scores === undefined) continue;
    const key = `${hotkey} ${scores.runId}`;
    hashes.set(key, (hashes.get(key) ?? new Set()).add(scores.hash));
  }
  expect(hashes.size).toBeGreaterThan(VALIDATORS.length);
  return [...hashes].flatMap(([key, said]) => (said.size > 1 ? [key] : []));
}

async function chainUrlIn(directory: string): Promise<string> {
  const settings = await readFile(join(directory, "config/validator-1.yaml"), "utf8");
  return /ws:\S+/.exec(settings)?.[0] ?? "";
}

async function isFileKept(directory: string, validator: URL): Promise<boolean> {
  const { ids, sha256 } = JSON.parse(await readFile(join(directory, "stored.json"), "utf8"));
  const wallet = ["-w", "owner", "-H", "default", "--wallet.path", join(directory, "wallets")];
  const from = ["--validator", validator.href, "--directory", join(directory, "files")];
  const to = ["--output", join(directory, "again"), "--overwrite", "--json"];
  const line = ["store", "get", ids["validator-1"], ...wallet, ...from, ...to];
  const { exitCode, stdout } = await neurond(line, { env: process.env, signal });
  return exitCode === 0 && JSON.parse(stdout).sha256.replace(/^0x/, "") === sha256;
}
