import type { Chain, ConnectOptions, Hyperparameters, Metagraph, Neuron } from "@neurond/chain";
import {
  CodedError,
  coldkeyOf,
  type Hotkey,
  parseHotkey,
  toBlockNumber,
  toMecid,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { AxonServedShape, AxonsShape } from "../src/commands/axon/schemas.ts";
import {
  BlockShape,
  ChainStatusShape,
  HyperparametersShape,
  MetagraphShape,
} from "../src/commands/chain/schemas.ts";
import { CommitmentSetShape, CommitmentsShape } from "../src/commands/commitments/schemas.ts";
import {
  WeightsRevealShape,
  WeightsSetShape,
  WeightsShape,
} from "../src/commands/weights/schemas.ts";
import { parseLists, parseScore } from "../src/commands/weights/scores.ts";
import { type Answer, run, type Situation } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

const ALICE = parseHotkey("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
const BOB = parseHotkey("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
const HASH = `0x${"ab".repeat(32)}` as const;
const block = toBlockNumber(1234);
const head = { number: block, hash: HASH, parentHash: HASH };
const axon = { block, version: 10, ip: "2001:db8::7", port: 8091, protocol: 4 };

function neuron(uid: number, hotkey: Hotkey): Neuron {
  return {
    uid: toUid(uid),
    hotkey,
    coldkey: coldkeyOf(new Uint8Array(32)),
    blockAtRegistration: block,
    active: true,
    validatorPermit: uid === 0,
    lastUpdate: toBlockNumber(uid === 0 ? 1200 : 0),
    emission: toRao(5n),
    incentive: 65_535,
    dividends: 0,
    consensus: 0,
    validatorTrust: 32_768,
    alphaStake: toRao(1n),
    taoStake: toRao(2n ** 60n),
    totalStake: toRao(1_500_000_000n),
    axon: uid === 0 ? axon : undefined,
  };
}

const neurons = [neuron(0, ALICE), neuron(1, BOB)];
const metagraph: Metagraph = {
  netuid: toNetuid(1),
  mecid: toMecid(0),
  block,
  blockHash: HASH,
  name: "apex\u001b[2J",
  symbol: "α",
  tempo: 99,
  ownerHotkey: undefined,
  ownerColdkey: undefined,
  registeredAt: toBlockNumber(1),
  neurons,
  byHotkey: new Map(neurons.map((one) => [one.hotkey, one])),
};

const included = { kind: "included", block, hash: HASH, extrinsic: HASH } as const;

/** Runs a command twice: its JSON is checked against its schema, its text is handed back. */
async function both<Schema extends z.ZodType>(
  schema: Schema,
  line: readonly string[],
  chain: Partial<Chain>,
  situation: Situation = {},
): Promise<{ result: z.infer<Schema>; text: string; exitCode: number }> {
  const answer = await run([...line, "--json"], { ...situation, chain });
  const forPeople = await run(line, { ...situation, chain });
  expect(forPeople.exitCode).toBe(answer.exitCode);
  const { exitCode } = answer;
  return { result: schema.parse(JSON.parse(answer.stdout)), text: forPeople.stdout, exitCode };
}

describe("chain", () => {
  test("status tells height, finality, clock and subnets", async () => {
    const chain: Partial<Chain> = {
      head: async (options) =>
        options?.at === "finalized" ? { ...head, number: toBlockNumber(1230) } : head,
      clock: async () => ({
        chainMs: 1_700_000_000_000,
        clockSkewMs: 65_000,
        blockTimeMs: 12_000,
        suspect: true,
      }),
      subnets: async () => [toNetuid(0), toNetuid(1)],
      status: () => ({
        endpoint: "ws://127.0.0.1:9944",
        connected: true,
        stalled: false,
        genesisHash: HASH,
        specVersion: 424,
        best: head,
        headAgeMs: 0,
        connections: 1,
        fallbacks: 0,
        lastError: undefined,
      }),
    };
    const { result, text } = await both(
      ChainStatusShape,
      ["chain", "status", "-n", "local"],
      chain,
    );
    expect(result).toMatchObject({
      network: "local",
      finalized: { number: 1230 },
      subnets: [0, 1],
    });
    expect(text).toContain("the clock is wrong, or the chain stands still");
  });

  test("metagraph shows amounts exactly, and names cannot play with the terminal", async () => {
    const line = ["chain", "metagraph", "--netuid", "1", "--block", "1234"];
    const seen: unknown[] = [];
    const chain: Partial<Chain> = {
      metagraph: async (...parameters) => {
        seen.push(parameters);
        return metagraph;
      },
    };
    const { result, text } = await both(MetagraphShape, line, chain);
    expect(seen[0]).toEqual([{ netuid: 1, mecid: 0 }, { at: 1234 }]);
    expect(result.neurons[0]).toMatchObject({
      taoStakeRao: String(2n ** 60n),
      totalStakeTao: "1.5",
    });
    expect(result.neurons[1]?.axon).toBeNull();
    expect(text).toContain("[2001:db8::7]:8091");
    expect(text).toContain("34 ago");
    expect(text).not.toContain("\u001b");
  });

  test("hyperparameters keep big numbers exact and name what a runtime lacks", async () => {
    const hyperparameters: Hyperparameters = {
      tempo: 99,
      kappa: 32_767,
      rho: undefined,
      immunityPeriod: 5000,
      minAllowedWeights: 1,
      maxWeightsLimit: 65_535,
      weightsVersion: 2n ** 63n,
      weightsRateLimit: 100,
      activityCutoff: 5000,
      registrationAllowed: true,
      targetRegistrationsPerInterval: 1,
      maxRegistrationsPerBlock: 1,
      minBurn: toRao(1n),
      maxBurn: toRao(100_000_000_000n),
      bondsMovingAverage: 900_000n,
      servingRateLimit: 50,
      maxValidators: 64,
      commitRevealEnabled: true,
      commitRevealPeriodEpochs: 1,
      liquidAlphaEnabled: false,
      alphaHigh: 58_982,
      alphaLow: 45_875,
      yumaVersion: 3,
      bondsResetEnabled: undefined,
      subnetIsActive: true,
      more: { novelty: 7n },
    };
    const chain: Partial<Chain> = { hyperparameters: async () => hyperparameters };
    const line = ["chain", "hyperparameters", "--netuid", "1"];
    const { result, text } = await both(HyperparametersShape, line, chain);
    expect(result).toMatchObject({
      weightsVersion: String(2n ** 63n),
      rho: null,
      more: { novelty: "7" },
    });
    expect(text).toMatch(/novelty +7\n/);
    expect(text).not.toContain("rho");
  });

  test("block shows events with bytes as hex and big integers as text", async () => {
    const fields = {
      who: new Uint8Array([1, 255]),
      amount: 2n ** 64n,
      nested: [{ none: undefined }],
    };
    const chain: Partial<Chain> = {
      head: async () => head,
      events: async () => [
        { pallet: "Balances", name: "Deposit", fields, extrinsic: 2 },
        { pallet: "System", name: "Remarked", fields: null, extrinsic: undefined },
      ],
    };
    const { result } = await both(BlockShape, ["chain", "block", HASH], chain);
    expect(result.events).toMatchObject([
      { fields: { who: "0x01ff", amount: String(2n ** 64n), nested: [{ none: null }] } },
      { extrinsic: null },
    ]);
  });

  test.each([
    [["chain", "metagraph"], "USAGE"],
    [["chain", "metagraph", "--netuid", "65536"], "USAGE"],
    [["chain", "metagraph", "--netuid", "1", "--mecid", "16"], "USAGE"],
    [["chain", "metagraph", "--netuid", "1", "--block", "yesterday"], "USAGE"],
    [["chain", "block", "1", "--block", "2"], "USAGE"],
    [["chain", "status", "--network", "finny"], "NETWORK_UNKNOWN"],
    [["chain", "status", "--endpoint", "http://x"], "ENDPOINT_INVALID"],
    [["chain", "status", "--timeout", "0"], "USAGE"],
  ])("%j is bad input, found before connecting", async (line, code) => {
    const answer = await run(line);
    expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
    expect(answer.stderr).toContain(`neurond: ${code}: `);
  });
});

describe("connecting", () => {
  async function options(line: readonly string[], env = {}): Promise<[ConnectOptions, Answer]> {
    const seen: ConnectOptions[] = [];
    const connectChain = async (given: ConnectOptions): Promise<Chain> => {
      seen.push(given);
      throw new CodedError("ENDPOINTS_EXHAUSTED", "no endpoint answers");
    };
    const answer = await run(["chain", "status", ...line], { env, connectChain });
    const [first] = seen;
    if (first === undefined) throw new Error(answer.stderr);
    return [first, answer];
  }

  test("the chosen endpoint is told on stderr, and an unreachable one ends with 3", async () => {
    const [{ endpoints, timeoutMs }, answer] = await options([
      "--endpoint",
      "ws://node.example",
      "--timeout",
      "5",
    ]);
    expect({ endpoints, timeoutMs }).toEqual({ endpoints: ["ws://node.example"], timeoutMs: 5000 });
    expect(answer).toMatchObject({ exitCode: 3, stdout: "" });
    expect(answer.stderr).toContain("unknown: ws://node.example\n");
  });

  test("a key inside an endpoint is used and not shown", async () => {
    const url = "wss://user:hunter2@node.example/rpc?key=hunter2";
    const [{ endpoints }, { stderr }] = await options(["--endpoint", url]);
    expect(endpoints).toEqual([url]);
    expect(stderr).toContain("unknown: wss://node.example/rpc\n");
    expect(stderr).not.toContain("hunter2");
  });

  test("an explicit network wins over an endpoint in the environment, and brings its fallbacks", async () => {
    const env = { BT_SUBTENSOR_CHAIN_ENDPOINT: "ws://node.example" };
    const [{ endpoints }] = await options(["-n", "finney"], env);
    expect(endpoints[0]).toBe("wss://entrypoint-finney.opentensor.ai:443");
    expect(endpoints.length).toBeGreaterThan(1);
    expect((await options([], env))[0].endpoints).toEqual(["ws://node.example"]);
  });
});

describe("scores", () => {
  test.each([
    [`${ALICE}=1`, { hotkey: ALICE, score: 1_000_000_000n }],
    ["12=0.3", { uid: 12, score: 300_000_000n }],
    ["0=0.000000001", { uid: 0, score: 1n }],
  ])("%s", (text, score) => {
    expect(parseScore(text)).toEqual(score);
  });

  test.each(["", "1", "1=", "=1", "1=-1", "1=1e3", "1=0.0000000001", "1=1=1", "1=NaN"])(
    "%j is refused",
    (text) => {
      expect(() => parseScore(text)).toThrow(expect.objectContaining({ code: expect.any(String) }));
    },
  );

  test("btcli's lists pair up, and must be of one length", () => {
    expect(parseLists("1, 2", "0.5,1")).toEqual([
      { uid: 1, score: 500_000_000n },
      { uid: 2, score: 1_000_000_000n },
    ]);
    expect(() => parseLists("1,2", "1")).toThrow(/different lengths/);
  });
});

describe("weights", () => {
  const signer = ["--netuid", "1", "--uri", "//Alice"];
  const sent = {
    submission: included,
    path: "plain",
    dropped: [],
    recycled: [],
    weights: [{ uid: toUid(1), value: 65_535 }],
    reveal: undefined,
    revealBlock: undefined,
    round: undefined,
  } as const;

  test("a uid stands for the hotkey that holds it at the block the scores are for", async () => {
    const seen: unknown[] = [];
    const chain: Partial<Chain> = {
      metagraph: async () => metagraph,
      submitWeights: async (_, weights) => {
        seen.push(weights);
        return sent;
      },
    };
    const line = ["weights", "set", ...signer, "1=0.5", `${ALICE}=2`, "--version-key", "9"];
    const { result, exitCode } = await both(WeightsSetShape, line, chain);
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      hotkey: ALICE,
      path: "plain",
      submission: { kind: "included" },
    });
    expect(seen[0]).toEqual({
      netuid: 1,
      mecid: 0,
      scoredAt: block,
      versionKey: 9n,
      scores: new Map([
        [BOB, 500_000_000n],
        [ALICE, 2_000_000_000n],
      ]),
    });
  });

  test("what a hash commit printed is what its reveal takes", async () => {
    const reveal = {
      netuid: toNetuid(1),
      mecid: toMecid(2),
      weights: sent.weights,
      versionKey: 2n ** 60n,
      salt: [1, 65_535],
    };
    const revealed: unknown[] = [];
    const chain: Partial<Chain> = {
      metagraph: async () => metagraph,
      submitWeights: async () => ({ ...sent, path: "hash", reveal, revealBlock: block }),
      revealWeights: async (_, weights) => {
        revealed.push(weights);
        return included;
      },
    };
    const committed = await run(["weights", "set", ...signer, "1=1", "--json"], { chain });
    const file = await temporaryFile("commit.json", committed.stdout);
    await both(WeightsRevealShape, ["weights", "reveal", file, "--uri", "//Alice"], chain);
    expect(revealed[0]).toEqual(reveal);
  });

  test.each([
    [{ kind: "tooSoon", blocks: 7 }, 1, "in 7 blocks"],
    [
      {
        kind: "rejected",
        error: { code: "PERMIT_MISSING", name: "NeuronNoValidatorPermit", where: "state" },
      },
      1,
      "PERMIT_MISSING (NeuronNoValidatorPermit)",
    ],
    [{ kind: "unconfirmed", since: block, extrinsic: HASH }, 3, "it may still happen"],
  ] as const)("the outcome %j has its own exit code and words", async (submission, code, words) => {
    const chain: Partial<Chain> = {
      metagraph: async () => metagraph,
      submitWeights: async () => ({ ...sent, submission }),
    };
    const line = ["weights", "set", ...signer, "1=1"];
    const { result, text, exitCode } = await both(WeightsSetShape, line, chain);
    expect(result.submission).toEqual(submission);
    expect({ exitCode, said: text.includes(words) }).toEqual({ exitCode: code, said: true });
  });

  test("show names the hotkeys of the very block the rows are from", async () => {
    const at: unknown[] = [];
    const chain: Partial<Chain> = {
      metagraph: async () => metagraph,
      weights: async (_, options) => {
        at.push(options?.at);
        return [
          {
            uid: toUid(0),
            weights: [
              { uid: toUid(1), value: 9 },
              { uid: toUid(7), value: 8 },
            ],
          },
        ];
      },
    };
    const { result, text } = await both(WeightsShape, ["weights", "show", "--netuid", "1"], chain);
    expect(at[0]).toBe(HASH);
    expect(result.rows[0]?.weights.map(({ hotkey }) => hotkey)).toEqual([BOB, null]);
    expect(text).toContain(BOB);
  });

  test.each([
    [["set", ...signer], "USAGE"],
    [["set", ...signer, "1=1", "--uids", "1", "--weights", "1"], "USAGE"],
    [["set", ...signer, "--uids", "1"], "USAGE"],
    [["set", ...signer, "9=1"], "INPUT_INVALID"],
    [["set", ...signer, "1=1", `${BOB}=1`], "INPUT_INVALID"],
    [["set", ...signer, "1=1", "--version-key", "-1"], "USAGE"],
    [["reveal", "-", "--uri", "//Alice"], "INPUT_INVALID"],
  ])("%j is bad input", async (line, code) => {
    const chain: Partial<Chain> = { metagraph: async () => metagraph };
    const answer = await run(["weights", ...line], { chain });
    expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
    expect(answer.stderr).toContain(`neurond: ${code}: `);
  });
});

describe("commitments", () => {
  const bytes = new TextEncoder().encode("hello");

  test("show tells text from bytes, and a single hotkey's from all", async () => {
    const chain: Partial<Chain> = {
      head: async () => head,
      commitments: async (netuid) => [
        { netuid, hotkey: ALICE, block, fields: [{ kind: "raw", bytes }] },
        {
          netuid,
          hotkey: BOB,
          block,
          fields: [
            { kind: "raw", bytes: new Uint8Array([255]) },
            { kind: "sha-256", hash: new Uint8Array(32) },
            { kind: "timelocked", encrypted: bytes, round: 2n ** 60n },
            { kind: "none" },
          ],
        },
      ],
      revealedCommitments: async () => [{ hotkey: ALICE, block, plaintext: bytes }],
    };
    const line = ["commitments", "show", "--netuid", "1"];
    const { result, text } = await both(CommitmentsShape, line, chain);
    expect(result.commitments.map(({ fields }) => fields.map(({ text }) => text))).toEqual([
      ["hello"],
      [null, null, null, null],
    ]);
    expect(text).toContain("revealed hello");
    const only = await both(CommitmentsShape, [...line, "--hotkey", BOB], chain);
    expect(only.result).toMatchObject({ commitments: [{ hotkey: BOB }], revealed: [] });
  });

  test.each([
    [["hello"], { kind: "raw", bytes }],
    [["--hex", "0x00ff"], { kind: "raw", bytes: new Uint8Array([0, 255]) }],
    [
      ["--kind", "sha-256", "--hex", HASH],
      { kind: "sha-256", hash: new Uint8Array(32).fill(0xab) },
    ],
  ])("set commits %j", async (words, field) => {
    const seen: unknown[] = [];
    const chain: Partial<Chain> = {
      setCommitment: async (_, commitment) => {
        seen.push(commitment);
        return included;
      },
    };
    const line = ["commitments", "set", "--netuid", "1", "--uri", "//Alice", ...words];
    await both(CommitmentSetShape, line, chain);
    expect(seen[0]).toEqual({ netuid: 1, fields: [field] });
  });

  test("a hash of the wrong length is refused", async () => {
    const line = ["--netuid", "1", "--uri", "//Alice", "--kind", "sha-256", "--hex", "0x00"];
    expect(await run(["commitments", "set", ...line])).toMatchObject({ exitCode: 2 });
  });
});

describe("axon", () => {
  test("show tells where a hotkey can be reached, and that nothing is announced", async () => {
    const line = ["axon", "show", "--netuid", "1", "--hotkey", ALICE];
    const chain: Partial<Chain> = {
      head: async () => head,
      registration: async ({ hotkey }) => ({
        kind: "registered",
        hotkey,
        uid: toUid(3),
        blockAtRegistration: block,
      }),
      axon: async () => axon,
      prometheus: async () => ({ block, version: 1, ip: "203.0.113.7", port: 9100 }),
      certificate: async () => ({ algorithm: 1, publicKey: new Uint8Array([1]) }),
    };
    const { result, text } = await both(AxonsShape, line, chain);
    expect(result).toMatchObject({ uid: 3, certificate: { publicKey: "0x01" } });
    expect(text).toContain("[2001:db8::7]:8091");
    const nothing: Partial<Chain> = {
      head: async () => head,
      registration: async ({ hotkey }) => ({ kind: "unregistered", hotkey }),
      axon: async () => undefined,
      prometheus: async () => undefined,
      certificate: async () => undefined,
    };
    expect((await both(AxonsShape, line, nothing)).text).toContain("not announced");
  });

  test("serve announces the external address, in btcli's spellings and variables", async () => {
    const seen: unknown[] = [];
    const chain: Partial<Chain> = {
      serveAxon: async (_, announcement) => {
        seen.push(announcement);
        return included;
      },
    };
    const line = ["axon", "serve", "--netuid", "1", "--uri", "//Alice"];
    await both(AxonServedShape, [...line, "--axon.ip", "::1", "--axon.port=9000"], chain);
    const env = { BT_AXON_EXTERNAL_IP: "203.0.113.7", BT_AXON_PORT: "9001" };
    await both(AxonServedShape, line, chain, { env });
    expect(seen[0]).toEqual({ netuid: 1, ip: "::1", port: 9000, version: 0 });
    expect(seen.at(-1)).toEqual({ netuid: 1, ip: "203.0.113.7", port: 9001, version: 0 });
  });

  test.each([
    [["--axon.ip", "example.com"]],
    [["--axon.ip", "1.2.3.4", "--axon.port", "0"]],
    [["--axon.ip", "1.2.3.4", "--axon.port", "70000"]],
    [[]],
  ])("%j cannot be announced", async (words) => {
    const line = ["axon", "serve", "--netuid", "1", "--uri", "//Alice", ...words];
    expect(await run(line)).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
