import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { auditedStorage, type RunTimes } from "@neurond/audit";
import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import {
  commitmentOf,
  type Document,
  detachBodies,
  encodeCommitment,
  familyOf,
  type HeadText,
  type Json,
  Log,
  MemoryLogStorage,
  type Observation,
  proveEntry,
  proveGrowth,
  rootAt,
  type ScoresCommitment,
  type SignedReport,
  scoreRun,
  signCheckpoint,
  signReport,
} from "@neurond/ledger";
import { canonicalJson, type Hotkey, toBlockNumber, toHex, toNetuid } from "@neurond/primitives";
import { OFFLINE } from "@neurond/workload";
import { type Beacon, beaconDigest, beaconInputs } from "@neurond/workload-storage";
import { hotkeyFor } from "./people.ts";
import { answerTo, DOCUMENTS, inventoryBody, planBody } from "./storage-world.ts";

export const NETUID = toNetuid(2);
/** The chain refuses 127.0.0.1 as a place to serve at; Linux answers on all of 127. */
const HOST =
  process.platform === "linux"
    ? "127.0.0.2"
    : (Object.values(networkInterfaces())
        .flat()
        .find((found) => found?.family === "IPv4" && !found.internal)?.address ?? "127.0.0.1");
const audited = auditedStorage();

/** A validator that is just its ledger, its commitments and its public routes, all in memory. */
export class TinyValidator implements AsyncDisposable {
  readonly key: Keypair;
  readonly hotkey: Hotkey;
  storage = new MemoryLogStorage();
  readonly bodies = new Map<string, Uint8Array>();
  readonly reports = new Map<string, SignedReport>();
  /** What it falsifies in its scores. */
  lie: (scores: ReadonlyMap<Hotkey, number>) => ReadonlyMap<Hotkey, number> = (scores) => scores;
  #log = new Log(this.storage);
  readonly #chain: Chain;
  readonly #server: Server;
  #documents: readonly Document[] = [];

  private constructor(key: Keypair, chain: Chain) {
    this.key = key;
    this.hotkey = hotkeyFor(key);
    this.#chain = chain;
    this.#server = createServer((request, response) => {
      const answering = this.#answer(new URL(request.url ?? "/", "http://localhost"));
      answering.then(
        (body) => response.writeHead(body === null ? 404 : 200).end(body ?? "{}"),
        () => response.writeHead(500).end("{}"),
      );
    });
  }

  /** Listens, and says so on chain. */
  static async start(key: Keypair, chain: Chain): Promise<TinyValidator> {
    const validator = new TinyValidator(key, chain);
    const server = validator.#server;
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const { port } = server.address() as AddressInfo;
    const axon = { netuid: NETUID, version: 1, ip: HOST, port };
    const served = await chain.serveAxon(key, axon);
    if (served.kind !== "included") throw new Error(`axon not served: ${served.kind}`);
    return validator;
  }

  /** Logs the plan of a run and anchors it. */
  async open(run: RunTimes, miners: readonly Keypair[]): Promise<void> {
    const document = (type: string, miner: Hotkey | null, body: Json): Document => {
      const who = { v: 1, netuid: NETUID, validator: this.hotkey, run_id: run.id } as const;
      return { kind: "document", ...who, type, miner, body: this.#detach(body) };
    };
    this.#documents = [
      document(DOCUMENTS.plan, null, planBody(run.index, run.beacon)),
      ...miners.map((miner) => {
        const body = inventoryBody(NETUID, this.key, hotkeyFor(miner), run.index);
        return document(DOCUMENTS.inventory, hotkeyFor(miner), body);
      }),
    ];
    await this.#log.append(this.#documents);
    await this.#commit();
  }

  /** Asks every miner; those not among `present` do not answer. */
  async probe(
    run: RunTimes,
    beacon: Beacon,
    miners: readonly Keypair[],
    present: readonly Keypair[],
  ) {
    const assignments = audited.sample?.({
      id: run.id,
      index: run.index,
      netuid: NETUID,
      validator: this.hotkey,
      start: run.start,
      seed: beaconDigest(beaconInputs(beacon)),
      miners: miners.map(hotkeyFor).sort(),
      beacon,
      documents: this.#documents,
    });
    for (const { hotkey: miner, slot, task } of assignments ?? []) {
      const asked = present.find((one) => hotkeyFor(one) === miner);
      const evidence = asked === undefined ? null : await answerTo(task, this.key, asked);
      const observation: Observation = {
        kind: "observation",
        v: 1,
        netuid: NETUID,
        validator: this.hotkey,
        run_id: run.id,
        workload: audited.workload.name,
        slot,
        miner,
        block: run.beacon,
        sent_ms: 1_000,
        received_ms: evidence === null ? null : 1_100,
        task: this.#detach(task as Json),
        evidence: this.#detach(evidence),
        outcome: evidence === null ? OFFLINE : audited.workload.verify(task, evidence),
      };
      await this.#log.append([observation]);
    }
  }

  /** Signs the scores of a run and commits to them. */
  async close(run: RunTimes): Promise<void> {
    const head = await this.#head();
    const texts = await this.storage.read(0, head.size);
    const seen = texts
      .map((text) => JSON.parse(text) as Observation)
      .filter(({ kind, run_id }) => kind === "observation" && run_id === run.id);
    const { scores, taskCounts } = scoreRun(audited.workload, seen);
    const report = signReport(
      {
        runId: run.id,
        familyId: familyOf(audited.workload.name),
        scores: this.lie(scores),
        taskCounts,
        timeMs: Date.now(),
        checkpoint: head,
        configHash: "00".repeat(32),
        salt: new Uint8Array(32).fill(run.index),
      },
      this.key,
    );
    this.reports.set(run.id, report);
    await this.#commit(commitmentOf(report));
  }

  /** Forgets the log and begins another one, of the same length, in which the first entry differs. */
  async rewrite(): Promise<void> {
    const texts = await this.storage.read(0, await this.storage.size());
    const entries = texts.map((text) => JSON.parse(text) as Document);
    const [first, ...rest] = entries;
    if (first === undefined) throw new Error("there is a log to rewrite");
    this.storage = new MemoryLogStorage();
    this.#log = new Log(this.storage);
    await this.#log.append([{ ...first, body: "another plan" }, ...rest]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #commit(scores?: ScoresCommitment): Promise<void> {
    const log = await this.#head();
    const texts = encodeCommitment(scores === undefined ? { log } : { scores, log });
    const fields = texts.map((text) => ({ kind: "raw", bytes: Buffer.from(text) }) as const);
    const sent = await this.#chain.setCommitment(this.key, { netuid: NETUID, fields });
    if (sent.kind !== "included") throw new Error(`not committed: ${JSON.stringify(sent)}`);
  }

  async #head(): Promise<HeadText> {
    const { size, root } = await this.#log.head();
    return { size, root: toHex(root).slice(2) };
  }

  #detach(value: Json): Json {
    const { record, bodies } = detachBodies(value);
    for (const [hash, body] of bodies) this.bodies.set(hash, body);
    return record;
  }

  async #answer({ pathname, searchParams }: URL): Promise<string | Uint8Array | null> {
    const number = (name: string) => Number(searchParams.get(name));
    const last = pathname.split("/").at(-1) ?? "";
    if (pathname.startsWith("/v1/consensus/scores/")) {
      const of = searchParams.get("validator") ?? this.hotkey;
      const report = of === this.hotkey ? this.reports.get(last) : undefined;
      return report === undefined ? null : canonicalJson(report);
    }
    if (pathname.startsWith("/v1/bodies/")) return this.bodies.get(last) ?? null;
    const hashes = (found: readonly string[]) => JSON.stringify({ hashes: found });
    switch (pathname) {
      case "/v1/consensus/evidence":
        return JSON.stringify({ items: [], next: null });
      case "/v1/log/entries": {
        const from = number("from");
        const to = Math.min(number("to"), from + 3);
        return JSON.stringify({ from, entries: await this.storage.read(from, to) });
      }
      case "/v1/log/proof/growth":
        return hashes(await proveGrowth(this.storage, number("from"), number("to")));
      case "/v1/log/proof/entry":
        return hashes(await proveEntry(this.storage, number("index"), number("size")));
      default: {
        if (!pathname.startsWith("/v1/log/checkpoint/")) return null;
        const root = await rootAt(this.storage, Number(last));
        if (root === null) return null;
        const head = { size: Number(last), root };
        const origin = { netuid: NETUID, block: toBlockNumber(1) };
        return JSON.stringify(signCheckpoint(head, origin, this.key));
      }
    }
  }
}
