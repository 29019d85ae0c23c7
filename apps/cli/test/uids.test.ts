import type { Chain, Metagraph, Neuron } from "@neurond/chain";
import {
  coldkeyOf,
  type Hex,
  hotkeyOf,
  toBlockNumber,
  toMecid,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import {
  EVENT_LEVEL,
  recordSelection,
  type SelectionRecord,
  sealLine,
  type TaskEvent,
} from "@neurond/storage-rules";
import { describe, expect, test } from "vitest";
import { AuditUidsShape, UidsShape } from "../src/commands/uids/schemas.ts";
import { run } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

const HASH = "0x0b30557a9fc4e90e33587da2c7ec11365b80a5caef14395e83a8cdf2173c6186";
const offline = ["--block", "3000000", "--block-hash", HASH, "--candidates", "0-255"];
const axon = { block: toBlockNumber(1), version: 10, ip: "192.0.2.1", port: 8091, protocol: 4 };

function neuron(uid: number, change: Partial<Neuron> = {}): Neuron {
  return {
    uid: toUid(uid),
    hotkey: hotkeyOf(new Uint8Array(32).fill(uid)),
    coldkey: coldkeyOf(new Uint8Array(32)),
    blockAtRegistration: toBlockNumber(1),
    active: true,
    validatorPermit: false,
    lastUpdate: toBlockNumber(1),
    emission: toRao(0n),
    incentive: 0,
    dividends: 0,
    consensus: 0,
    validatorTrust: 0,
    alphaStake: toRao(0n),
    taoStake: toRao(0n),
    totalStake: toRao(0n),
    axon,
    ...change,
  };
}

const neurons = [
  neuron(0, { validatorPermit: true, totalStake: toRao(600_000_000_000n) }),
  neuron(1, { axon: undefined }),
  ...Array.from({ length: 10 }, (_, at) => neuron(at + 2)),
];
const hashAt = (block: number): Hex => `0x${block.toString(16).padStart(64, "0")}`;

/** A chain whose newest final block is 100, and whose best is 103. */
const chain: Partial<Chain> = {
  head: async (options) => {
    const at = options?.at ?? "best";
    const number = toBlockNumber(at === "finalized" ? 100 : at === "best" ? 103 : Number(at));
    return { number, hash: hashAt(number), parentHash: hashAt(number - 1) };
  },
  metagraph: async ({ netuid }, options) => {
    const block = toBlockNumber(Number(options?.at));
    const metagraph: Metagraph = {
      netuid,
      mecid: toMecid(0),
      block,
      blockHash: hashAt(block),
      name: "storage",
      symbol: "φ",
      tempo: 360,
      ownerHotkey: undefined,
      ownerColdkey: undefined,
      registeredAt: toBlockNumber(1),
      neurons,
      byHotkey: new Map(neurons.map((one) => [one.hotkey, one])),
    };
    return metagraph;
  },
};

describe("neurond uids", () => {
  test("draws the published selections without a chain", async () => {
    const ours = await run(["uids", ...offline, "--k", "10", "--json"]);
    expect(ours.exitCode).toBe(0);
    const result = UidsShape.parse(JSON.parse(ours.stdout));
    expect(result.uids).toEqual([201, 62, 99, 225, 139, 159, 182, 232, 234, 40]);
    expect(result).toMatchObject({ netuid: 21, round: 1_000_000, final: null, validator: null });
    const theirs = await run(["uids", ...offline, "--k", "4", "--rule", "python"]);
    expect(theirs.stdout).toContain("miner_uids  [124, 59, 158, 24]");
    expect(theirs.stdout).toContain(`block_hash  ${HASH}`);
  });

  test("leaves out who is excluded", async () => {
    const answer = await run(["uids", ...offline, "--exclude", "0-249,255", "--k", "9", "--json"]);
    const { uids } = UidsShape.parse(JSON.parse(answer.stdout));
    expect([...uids].sort()).toEqual([250, 251, 252, 253, 254]);
  });

  test("takes the hash and the miners of the round's first block from the chain", async () => {
    const answer = await run(["uids", "--block", "101", "--k", "3", "--json"], { chain });
    const result = UidsShape.parse(JSON.parse(answer.stdout));
    expect(result).toMatchObject({ block: 99, blockHash: hashAt(99), round: 33, final: true });
    expect(result.candidates).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(result.uids).toHaveLength(3);
  });

  test("takes the newest final block when none is named, and says when one is not final", async () => {
    const newest = await run(["uids", "--json"], { chain });
    expect(UidsShape.parse(JSON.parse(newest.stdout))).toMatchObject({ block: 99, final: true });
    const best = await run(["uids", "--block", "best"], { chain });
    expect(best.stdout).toContain("102 (not final yet)");
  });

  test("counts who has a permit and little stake as a miner", async () => {
    const args = ["uids", "--neuron.vpermit_tao_limit", "600", "--json"];
    const { candidates } = UidsShape.parse(JSON.parse((await run(args, { chain })).stdout));
    expect(candidates[0]).toBe(0);
  });

  test.each([
    [["--block-hash", HASH], /--candidates/],
    [["--block-hash", "0x12", "--candidates", "1"], /64 digits/],
    [["--block-hash", HASH, "--candidates", "1"], /--block/],
    [["--block", "3", "--block-hash", HASH, "--candidates", "9-1"], /written like/],
    [["--purpose", "fun"], /--purpose is one of/],
    [["--k", "-1"], /--k is a whole number/],
  ])("refuses %j", async (args, message) => {
    const answer = await run(["uids", ...args]);
    expect(answer.exitCode).toBe(2);
    expect(answer.stderr).toMatch(message);
  });
});

describe("neurond audit uids", () => {
  const record = (block: number, change: Partial<SelectionRecord> = {}): SelectionRecord => {
    const candidates = neurons.slice(3).map(({ uid }) => uid);
    const draw = {
      rule: "sha256",
      netuid: toNetuid(21),
      block: toBlockNumber(block),
      blockHash: hashAt(block),
      purpose: "challenge",
      candidates,
      count: 4,
    } as const;
    return { ...recordSelection(draw, { blocksPerStep: 3, excluded: [toUid(2)] }), ...change };
  };
  const sealed = (...records: readonly object[]) => {
    const lines: string[] = [];
    for (const one of records) lines.push(sealLine(one, lines.at(-1) ?? null));
    return lines;
  };
  const write = (lines: readonly string[]) =>
    temporaryFile("events.jsonl", Buffer.from(`${lines.join("\n")}\n`, "latin1"));
  const log = (...records: readonly object[]) => write(sealed(...records));
  const event: TaskEvent = {
    level: EVENT_LEVEL,
    task_name: "Monitor",
    uids: [],
    time: 0,
    block: 1,
    hotkeys: [],
    successful: [],
    completion_times: [],
    task_status_messages: [],
    task_status_codes: [],
    bytes: [],
    tiers: [],
    timeout: 5,
    step_length: 1,
    best_uid: null,
    best_hotkey: null,
    rewards: [],
  };

  async function audit(file: string, ...args: readonly string[]) {
    const answer = await run(["audit", "uids", file, ...args, "--json"], { chain });
    return { exitCode: answer.exitCode, ...AuditUidsShape.parse(JSON.parse(answer.stdout)) };
  }

  test("holds for a log as it was written, with the chain and without", async () => {
    const file = await log(record(96), event, record(99, { validator: null }));
    const result = { exitCode: 0, verdict: "holds", checked: 2, others: 1, fault: null };
    expect(await audit(file)).toMatchObject({ ...result, onChain: false });
    expect(await audit(file, "--on-chain")).toMatchObject({ ...result, onChain: true });
  });

  test("ends at the first line that does not hold", async () => {
    const good = record(99);
    const file = await log(good, event, { ...good, uids: [...good.uids].reverse() }, { broken: 1 });
    expect(await audit(file)).toMatchObject({
      exitCode: 1,
      verdict: "mismatch",
      checked: 1,
      line: 3,
      fault: "UIDS",
      block: 99,
    });
  });

  test("notices any byte that is flipped in any line, and a line that is gone", async () => {
    const lines = sealed(record(96), event, record(99));
    for (const [place, line] of lines.entries()) {
      for (let at = 0; at < line.length; at += 3) {
        const flipped = Buffer.from(line);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        const file = await write(lines.with(place, flipped.toString("latin1")));
        expect((await audit(file)).verdict, `byte ${at} of ${line}`).toBe("mismatch");
      }
    }
    expect(await audit(await write(lines.toSpliced(1, 1)))).toMatchObject({
      fault: "ORDER",
      line: 2,
    });
  });

  test("ends at a line that is sealed, and no event", async () => {
    expect(await audit(await log(event, { task_name: "Select" }))).toMatchObject({
      fault: "SHAPE",
      line: 2,
    });
  });

  test.each([
    ["BLOCK_HASH", "hash", hashAt(98)],
    ["CHAIN_CANDIDATES", "candidates", hashAt(99)],
  ])("finds %s wrong on chain", async (fault, what, hash) => {
    const draw = {
      rule: "sha256",
      netuid: toNetuid(21),
      block: toBlockNumber(99),
      blockHash: hash,
      purpose: "store",
      candidates: [3, 4, 5].map(toUid),
      count: 2,
    } as const;
    const file = await log(recordSelection(draw, { blocksPerStep: 3, excluded: [] }));
    expect(await audit(file), what).toMatchObject({ exitCode: 0, verdict: "holds" });
    expect(await audit(file, "--on-chain")).toMatchObject({ exitCode: 1, fault });
  });

  test("says of a log without selections that it proves nothing", async () => {
    expect(await audit(await log(event))).toMatchObject({
      exitCode: 5,
      verdict: "empty",
      others: 1,
    });
  });

  test("reads standard input, and refuses a file that is not there", async () => {
    const input = `${sealLine(record(99), null)}\n`;
    expect((await run(["audit", "uids", "-"], { input })).stdout).toMatch(/verdict +holds/);
    const missing = await run(["audit", "uids", "/nowhere/events.jsonl"]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("INPUT_INVALID");
  });
});
