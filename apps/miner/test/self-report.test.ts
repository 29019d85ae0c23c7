import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SubnetView } from "@neurond/admission";
import type {
  Commitment,
  CommitmentField,
  CommitmentSeen,
  Metagraph,
  Submission,
} from "@neurond/chain";
import { verifySr25519 } from "@neurond/crypto";
import { digestOf, parseMinerReport, uptimeOf, workloadUuid } from "@neurond/exports";
import { fromHex, toBlockNumber, toHex, toRao } from "@neurond/primitives";
import { classifyCommitment } from "@neurond/registry";
import { createLogger, createRegistry } from "@neurond/runtime";
import { describe, expect, onTestFinished, test } from "vitest";
import { Config } from "../src/config.ts";
import { createMetrics } from "../src/metrics.ts";
import { buildSelfReport } from "../src/self-report/build-self-report.ts";
import { SelfReporter } from "../src/self-report/follow-reports.ts";
import { Outbox } from "../src/self-report/outbox.ts";
import { SliceCounters } from "../src/self-report/slice-counters.ts";
import { metagraphOf, minerKey, NETUID, nameOf, neuronOf, signal, validator } from "./harness.ts";

const HOUR = 3_600_000;
const hash = `0x${"00".repeat(32)}` as const;

describe("a report", () => {
  const counters = (since: number) => {
    let now = since;
    const made = new SliceCounters(HOUR, () => now);
    return { made, at: (ms: number) => (now = ms) };
  };

  test("holds the answers of its slice and of no other, by validator and workload", () => {
    const { made, at } = counters(0);
    made.answered("storage/1", nameOf(validator), 0.5);
    at(HOUR);
    made.answered("storage/1", nameOf(validator), 1);
    made.answered("storage/1", nameOf(validator), 2);
    made.answered("storage/1", nameOf(minerKey), 4);
    expect(made.of(HOUR)).toMatchObject([{ count: 1, seconds: 0.5 }]);
    const about = {
      netuid: NETUID,
      miner: nameOf(minerKey),
      startMs: HOUR,
      endMs: 2 * HOUR,
      sinceMs: 0,
    };
    const bytes = buildSelfReport({ ...about, counts: made.of(2 * HOUR) });
    const report = parseMinerReport(Buffer.from(bytes).toString("utf8"));
    expect(report).toMatchObject({
      miner_hotkey: nameOf(minerKey),
      start_time: HOUR * 1_000,
      end_time: 2 * HOUR * 1_000,
    });
    expect(
      report.prometheus_metrics.map(({ total_count, total_seconds }) => [
        total_count,
        total_seconds,
      ]),
    ).toEqual([
      [2, 3],
      [1, 4],
    ]);
    const [first] = report.prometheus_metrics;
    expect(first?.chute_id).toBe(workloadUuid(NETUID, "storage/1"));
    expect(report.deployment_audit.map((row) => row.validator)).toEqual([
      nameOf(validator),
      nameOf(minerKey),
    ]);
    expect(report.deployment_audit[0]?.deployment_id).toBe(first?.deployment_id);
  });

  test("forgets slices long past", () => {
    const { made, at } = counters(0);
    made.answered("storage/1", nameOf(validator), 1);
    at(3 * HOUR);
    made.answered("storage/1", nameOf(validator), 1);
    expect(made.of(HOUR)).toEqual([]);
  });

  test("says whether its counters have run throughout", () => {
    const about = {
      netuid: NETUID,
      miner: nameOf(minerKey),
      startMs: HOUR,
      endMs: 2 * HOUR,
      counts: [],
    };
    const uptime = (sinceMs: number) =>
      uptimeOf(
        parseMinerReport(Buffer.from(buildSelfReport({ ...about, sinceMs })).toString("utf8")),
      );
    expect(uptime(0)).toBe(3_600);
    expect(uptime(HOUR)).toBe(3_600);
    expect(uptime(2 * HOUR - 600_000)).toBe(600);
  });
});

/** A chain with one slot, which holds a commitment in the block after it was sent. */
class Slot {
  readonly seen: CommitmentSeen[] = [];
  standing: readonly CommitmentField[];
  number = 10;
  finalityLag = 0;

  constructor(standing: readonly CommitmentField[] = []) {
    this.standing = standing;
  }

  head = async ({ at }: { readonly at?: unknown } = {}) => ({
    number: toBlockNumber(at === "finalized" ? this.number - this.finalityLag : this.number),
    hash,
    parentHash: hash,
  });
  commitment = async (): Promise<Commitment | undefined> =>
    this.standing.length === 0
      ? undefined
      : {
          netuid: NETUID,
          hotkey: nameOf(minerKey),
          block: toBlockNumber(1),
          fields: this.standing,
        };
  setCommitment = async (
    _: unknown,
    { fields }: { readonly fields: readonly CommitmentField[] },
  ): Promise<Submission> => {
    this.number += 1;
    this.standing = fields;
    const block = toBlockNumber(this.number);
    const about = { netuid: NETUID, hotkey: nameOf(minerKey), block, blockHash: hash };
    this.seen.push({ ...about, fields, extrinsicIndex: 0, extrinsicHash: hash });
    return { kind: "included", block, hash, extrinsic: hash };
  };
  async *scanCommitments({ from, to }: { readonly from: number; readonly to: number }) {
    for (const one of this.seen) if (one.block >= from && one.block <= to) yield one;
  }
  watchHeads(): never {
    throw new Error("these tests look when they like");
  }
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A validator that notes what it is sent. */
async function listening(
  status = 200,
): Promise<{ readonly port: number; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    received.push({ headers: request.headers, body });
    response.writeHead(status).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received };
}

async function reporterOf(chain: Slot, port: number) {
  const directory = await mkdtemp(join(tmpdir(), "neurond-self-report-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let clock = 100 * HOUR;
  const now = () => clock;
  const counters = new SliceCounters(HOUR, now);
  const view = new SubnetView<Metagraph>({ staleMs: 1e9, now: () => 0 });
  const axon = { block: toBlockNumber(1), version: 1, ip: "127.0.0.1", port, protocol: 0 };
  await view.refresh(async () =>
    metagraphOf([
      neuronOf(0, nameOf(validator), { validatorPermit: true, totalStake: toRao(10n), axon }),
      neuronOf(1, nameOf(minerKey), { axon }),
    ]),
  );
  const metrics = createMetrics(createRegistry("test"));
  const log = createLogger("test", "fatal");
  const deps = {
    chain,
    netuid: NETUID,
    signer: minerKey,
    view,
    counters,
    minStakeRao: 5n,
    metrics,
    log,
    now,
  };
  const settings = Config.parse({
    netuid: NETUID,
    report: { directory, allowPrivateValidators: true },
  }).report;
  return {
    directory,
    counters,
    make: () => new SelfReporter(deps, settings),
    pass: (ms: number) => {
      clock += ms;
    },
  };
}

describe("reporting", () => {
  test("commits first, waits until that is final, and signs what it hands to validators", async () => {
    const chain = new Slot();
    chain.finalityLag = 2;
    const { port, received } = await listening();
    const { make, pass, counters } = await reporterOf(chain, port);
    const reporter = make();
    counters.answered("storage/1", nameOf(validator), 1);
    pass(HOUR + 59_000);
    await reporter.pass(signal);
    expect(chain.seen).toEqual([]);
    pass(1_000);
    await reporter.pass(signal);
    await reporter.pass(signal);
    expect(received).toEqual([]);
    chain.number += 2;
    await reporter.pass(signal);
    await reporter.pass(signal);
    await reporter.pass(signal);
    expect(received).toHaveLength(1);
    expect(chain.seen).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    const sha256 = createHash("sha256").update(body).digest("hex");
    expect(toHex(digestOf(chain.seen[0]?.fields) ?? new Uint8Array())).toBe(`0x${sha256}`);
    expect(headers["x-chutes-block"]).toBe(String(chain.seen[0]?.block));
    const signed = `${nameOf(minerKey)}:${headers["x-chutes-nonce"]}:${sha256}`;
    const signature = fromHex(`0x${headers["x-chutes-signature"]}`);
    expect(verifySr25519(minerKey.publicKey, Buffer.from(signed), signature)).toBe(true);
    expect(parseMinerReport(body).prometheus_metrics).toMatchObject([{ total_count: 1 }]);
  });

  test("goes on after a restart without committing again", async () => {
    const chain = new Slot();
    const { port, received } = await listening();
    const { make, pass, directory } = await reporterOf(chain, port);
    pass(HOUR + 60_000);
    await make().pass(signal);
    expect(chain.seen).toHaveLength(1);
    const restarted = make();
    await restarted.pass(signal);
    await restarted.pass(signal);
    expect(chain.seen).toHaveLength(1);
    expect(received).toHaveLength(1);
    await writeFile(join(directory, "outbox.json"), '{"endMs":');
    expect(await new Outbox(join(directory, "outbox.json")).read()).toBeNull();
  });

  test("keeps the address under which a registry finds the miner, where its readers look", async () => {
    const address = { kind: "raw", bytes: Buffer.from("203.0.113.7:8091") } as const;
    const chain = new Slot([address]);
    const { port } = await listening();
    const { make, pass } = await reporterOf(chain, port);
    pass(HOUR + 60_000);
    await make().pass(signal);
    expect(classifyCommitment(chain.standing)).toMatchObject({ kind: "endpoint" });
    expect(chain.standing[0]).toEqual(address);
    expect(digestOf(chain.standing)).not.toBeNull();
  });

  test("leaves alone a slot that holds what it does not understand", async () => {
    const foreign = { kind: "raw", bytes: Buffer.from('{"model":"mine"}') } as const;
    const chain = new Slot([foreign]);
    const { port, received } = await listening();
    const { make, pass } = await reporterOf(chain, port);
    pass(HOUR + 60_000);
    const reporter = make();
    await reporter.pass(signal);
    await reporter.pass(signal);
    expect(chain.standing).toEqual([foreign]);
    expect(received).toEqual([]);
  });

  test("asks a validator again that was away, and one that refused no more", async () => {
    for (const [status, times] of [
      [503, 3],
      [422, 1],
    ] as const) {
      const chain = new Slot();
      const { port, received } = await listening(status);
      const { make, pass } = await reporterOf(chain, port);
      pass(HOUR + 60_000);
      const reporter = make();
      for (let look = 0; look < 5; look += 1) await reporter.pass(signal);
      expect(received).toHaveLength(times);
    }
  });
});
