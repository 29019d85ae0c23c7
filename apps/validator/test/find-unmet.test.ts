import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  encodeCommitment,
  type Json,
  Log,
  MemoryLogStorage,
  proveEntry,
  rootAt,
  toFamilyId,
} from "@neurond/ledger";
import { type Hotkey, toBlockNumber, toHex, toNetuid, toRunId } from "@neurond/primitives";
import { createLogger, createRegistry } from "@neurond/runtime";
import type { SeenCommitment } from "@neurond/store";
import { DOCUMENT, type PeriodsBody } from "@neurond/workload-storage";
import { withheldPeriod } from "@neurond/workload-storage/sweep";
import { expect, onTestFinished, test } from "vitest";
import { findUnmet, type UnmetDeps } from "../src/find-unmet.ts";
import { createMetrics } from "../src/metrics.ts";
import type { RunFacts, SnapshotNeuron } from "../src/ports/run-journal.ts";
import { timesOf } from "../src/run-plan.ts";
import type { Condition } from "../src/workload-entry.ts";
import { hotkey, PLAN } from "./support/world.ts";

const NETUID = toNetuid(7);
const run = timesOf(40, PLAN);
/** Of one run each; that of the period before last is due when the run closes. */
const blocks = PLAN.blocks;
const owing: PeriodsBody = { blocks, first: 10, next: 60, revealed: run.index - 2 };
const honest: PeriodsBody = { ...owing, revealed: run.index };

/** A peer's log with a plan, then more entries than a page has, and what it committed to. */
async function peer(name: string, periods: PeriodsBody, more = 300) {
  const validator = hotkey(name);
  const storage = new MemoryLogStorage();
  const document = (type: string, body: Json) => ({
    kind: "document" as const,
    ...{ v: 1 as const, netuid: NETUID, validator, run_id: toRunId(`run-${run.index + 1}`) },
    ...{ type, miner: null, body },
  });
  const plan = { run: run.index + 1, slots: [], beacon_kind: 0, beacon_block: 1, block: 1 };
  const body = JSON.parse(JSON.stringify({ ...plan, links: [], periods }));
  const rest = Array.from({ length: more }, (_, at) => document("other/1", { at }));
  await new Log(storage).append([document(DOCUMENT.plan, body), ...rest]);
  const size = await storage.size();
  const whole = async () => toHex((await rootAt(storage, size)) ?? new Uint8Array()).slice(2);
  const server = createServer(async ({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const number = (of: string) => Number(searchParams.get(of));
    const answer =
      pathname === "/v1/log/entries"
        ? { from: number("from"), entries: await storage.read(number("from"), number("to")) }
        : { hashes: await proveEntry(storage, number("index"), number("size")) };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const committed = async (root?: string): Promise<SeenCommitment> =>
    ({
      hotkey: validator,
      block: toBlockNumber(run.close + 1),
      extrinsicIndex: 1,
      fields: encodeCommitment({
        scores: { version: 1, runId: run.id, hash: "00".repeat(32) },
        log: { size, root: root ?? (await whole()) },
      }),
    }) as SeenCommitment;
  return { validator, url: `http://127.0.0.1:${port}`, committed };
}

/** What a validator finds, twice: the second time from its journal alone. */
async function found(
  peers: readonly { readonly validator: Hotkey; readonly url: string | null }[],
  commitments: readonly SeenCommitment[],
) {
  const neurons = peers.map(({ validator, url }) => ({ hotkey: validator, url }) as SnapshotNeuron);
  let facts: RunFacts = { snapshot: { block: toBlockNumber(1), neurons } };
  const condition: Condition = {
    type: DOCUMENT.plan,
    isMet: (plan, block) => withheldPeriod([plan], block) === null,
  };
  const deps: UnmetDeps = {
    stores: {
      journal: {
        read: async () => facts,
        write: async (_index, kind, fact) => {
          facts = { ...facts, [kind]: fact };
          return fact;
        },
      },
      commitments: { ofRun: async () => commitments },
    },
    identity: { hotkey: hotkey("//Validator9") },
    manners: { gossipAtOnce: 2, gossipTimeoutMs: 5_000 },
    workloads: [{ family: toFamilyId("storage-1"), condition }],
    metrics: createMetrics(createRegistry("validator")),
    log: createLogger("validator", "fatal"),
  };
  await findUnmet(deps, run, new AbortController().signal);
  const once = facts.unmet;
  await findUnmet(deps, run, new AbortController().signal);
  expect(facts.unmet).toEqual(once);
  return once;
}

test("the reports of who keeps a secret that is due do not count, by its own anchored log", async () => {
  const [keeps, says] = [await peer("//Validator1", owing), await peer("//Validator2", honest)];
  const commitments = [await keeps.committed(), await says.committed()];
  expect(await found([keeps, says], commitments)).toEqual({ "storage-1": [keeps.validator] });
});

test("a log that cannot be read, or is not the anchored one, says nothing against anybody", async () => {
  const [keeps, gone] = [await peer("//Validator1", owing), await peer("//Validator2", owing)];
  const commitments = [await keeps.committed("11".repeat(32)), await gone.committed()];
  const peers = [keeps, { ...gone, url: null }];
  expect(await found(peers, commitments)).toEqual({ "storage-1": [] });
});

test("one's own reports count with oneself", async () => {
  const own = await peer("//Validator9", owing, 3);
  expect(await found([own], [await own.committed()])).toEqual({ "storage-1": [] });
});
