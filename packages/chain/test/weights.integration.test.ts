import { toBlockNumber, toNetuid } from "@neurond/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Chain, RevealableWeights } from "../src/index.ts";
import { hotkey, key, NETUID, startWorld, sudo, type World, weight } from "./support/devnet.ts";

let world: World | undefined;
afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
});

/** Past the first rate-limit window, so that every validator may set. */
async function begin(options: Parameters<typeof startWorld>[0] = {}): Promise<Chain> {
  world = await startWorld(options);
  await jump(12);
  return world.chain;
}
const jump = (blocks: number) => world?.net.jump(blocks);

const validator = key("//Validator1");
const id = { netuid: NETUID, hotkey: hotkey("//Validator1") };
const row = { netuid: NETUID, weights: [weight(4, 65_535), weight(5, 30_000)] };
const commitReveal = (chain: Chain, enabled: boolean) =>
  sudo(chain, "sudo_set_commit_reveal_weights_enabled", { netuid: NETUID, enabled });
const nonce = async (chain: Chain) => (await chain.account(id.hotkey)).nonce;
const rowOf = async (chain: Chain, uid: number) =>
  (await chain.weights({ netuid: NETUID })).find((found) => found.uid === uid)?.weights;

describe("plain weights", () => {
  let shared: World;
  beforeAll(async () => {
    shared = await startWorld();
    await shared.net.jump(12);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  test("are in the block the result names, and in state", async () => {
    const chain = await begin();
    const sent = await chain.setWeights(validator, row);
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
    expect(await chain.blockHash(sent.block)).toBe(sent.hash);
    expect(await rowOf(chain, 1)).toEqual(row.weights);
    const { neurons } = await chain.metagraph({ netuid: NETUID });
    expect(neurons[1]?.lastUpdate).toBe(sent.block);
  });

  test("too soon costs no extrinsic and says how long, to the block", async () => {
    const chain = await begin();
    await chain.setWeights(validator, row);
    const before = await nonce(chain);
    expect(await chain.setWeights(validator, row)).toEqual({ kind: "tooSoon", blocks: 9 });
    expect((await chain.windows(id)).weightsBlocks).toBe(9);
    expect(await nonce(chain)).toBe(before);
    await jump(8);
    expect(await chain.setWeights(validator, row)).toEqual({ kind: "tooSoon", blocks: 1 });
    await jump(1);
    expect(await chain.setWeights(validator, row)).toMatchObject({ kind: "included" });
  });

  test.each([
    ["no permit", "//Miner1", row, "PERMIT_MISSING", "NeuronNoValidatorPermit"],
    ["no uid", "//Stranger", row, "NOT_REGISTERED", "HotKeyNotRegisteredInSubNet"],
    [
      "a uid nobody holds",
      "//Validator1",
      { ...row, weights: [weight(99, 1)] },
      "WEIGHTS_INVALID",
      "UidVecContainInvalidOne",
    ],
    [
      "a uid twice",
      "//Validator1",
      { ...row, weights: [weight(4, 1), weight(4, 2)] },
      "WEIGHTS_INVALID",
      "DuplicateUids",
    ],
    [
      "nothing at all",
      "//Validator1",
      { ...row, weights: [] },
      "WEIGHTS_INVALID",
      "WeightVecLengthIsLow",
    ],
    [
      "root",
      "//Validator1",
      { ...row, netuid: toNetuid(0) },
      "NOT_REGISTERED",
      "HotKeyNotRegisteredInSubNet",
    ],
    [
      "a subnet that is not there",
      "//Validator1",
      { ...row, netuid: toNetuid(99) },
      "SUBNET_MISSING",
      "MechanismDoesNotExist",
    ],
  ] as const)(
    "with %s are refused before anything is sent",
    async (_, uri, weights, code, name) => {
      const chain = await begin();
      const before = await chain.head();
      expect(await chain.setWeights(key(uri), weights)).toEqual({
        kind: "rejected",
        error: { code, name, where: "state" },
      });
      expect(await chain.head()).toEqual(before);
    },
  );

  test("with an old version key are refused, with a newer one taken", async () => {
    const chain = await begin();
    await sudo(chain, "sudo_set_weights_version_key", { netuid: NETUID, weights_version_key: 7n });
    expect(await chain.setWeights(validator, { ...row, versionKey: 6n })).toMatchObject({
      kind: "rejected",
      error: { code: "VERSION_OUTDATED" },
    });
    expect(await chain.setWeights(validator, { ...row, versionKey: 8n })).toMatchObject({
      kind: "included",
    });
  });
});

describe("commit-reveal by hash", () => {
  const reveal: RevealableWeights = { ...row, salt: [1, 2, 3, 4, 5, 6, 7, 8] };

  test("is committed, revealed in its epoch and only there", async () => {
    const chain = await begin();
    await commitReveal(chain, true);
    expect(await chain.setWeights(validator, row)).toMatchObject({
      kind: "rejected",
      error: { code: "COMMIT_REVEAL_ON" },
    });
    expect(await chain.commitWeights(validator, reveal)).toMatchObject({ kind: "included" });
    expect(await chain.pendingCommits(id)).toMatchObject([{ kind: "hash" }]);

    const early = await chain.revealWeights(validator, reveal);
    if (early.kind !== "tooSoon") throw new Error(JSON.stringify(early));
    await jump(early.blocks);
    expect(await chain.revealWeights(validator, { ...reveal, salt: [9] })).toMatchObject({
      kind: "rejected",
      error: { code: "COMMIT_MISSING" },
    });
    expect(await chain.revealWeights(validator, reveal)).toMatchObject({ kind: "included" });
    expect(await rowOf(chain, 1)).toEqual(row.weights);
    expect(await chain.pendingCommits(id)).toEqual([]);
  });

  test("that came too late is told as expired", async () => {
    const chain = await begin();
    await commitReveal(chain, true);
    await chain.commitWeights(validator, reveal);
    await jump(60);
    expect(await chain.revealWeights(validator, reveal)).toMatchObject({
      kind: "rejected",
      error: { code: "COMMIT_EXPIRED", where: "state" },
    });
  });

  test("where the subnet does not use it is refused", async () => {
    const chain = await begin();
    expect(await chain.commitWeights(validator, reveal)).toMatchObject({
      kind: "rejected",
      error: { code: "COMMIT_REVEAL_OFF" },
    });
  });
});

describe("timelocked weights", () => {
  test("open by themselves in the epoch that was foretold", async () => {
    const chain = await begin();
    await commitReveal(chain, true);
    const sent = await chain.commitTimelockedWeights(validator, row);
    expect(sent).toMatchObject({ kind: "included" });
    expect(await rowOf(chain, 1)).toBeUndefined();
    const target = sent.revealBlock ?? toBlockNumber(0);
    const { number } = await chain.head();
    expect(target).toBeGreaterThan(number);
    await jump(target + 6 - number);
    expect(await rowOf(chain, 1)).toEqual(row.weights);
    expect(await chain.pendingCommits(id)).toEqual([]);
  });

  test("do not depend on the local clock", async () => {
    const chain = await begin();
    await commitReveal(chain, true);
    // The chain's clock is the devnet's virtual one, far from this machine's.
    const sent = await chain.commitTimelockedWeights(validator, row);
    const { chainMs } = await chain.clock();
    const [genesisSeconds, periodSeconds] = [1_692_803_367, 3];
    const opensMs = (genesisSeconds + Number(sent.round) * periodSeconds) * 1000;
    expect(opensMs).toBeGreaterThan(chainMs);
    expect(opensMs - chainMs).toBeLessThan(30 * 12_000);
  });
});

describe("weights by hotkey", () => {
  const scores = new Map([
    [hotkey("//Miner1"), 10n],
    [hotkey("//Miner2"), 5n],
    [hotkey("//Miner3"), 0n],
  ]);

  test("go the plain way where the subnet has no commit-reveal", async () => {
    const chain = await begin();
    const sent = await chain.submitWeights(validator, { netuid: NETUID, scores });
    expect(sent).toMatchObject({
      submission: { kind: "included" },
      path: "plain",
      dropped: [],
      recycled: [],
      weights: [weight(4, 65_535), weight(5, 32_768)],
    });
    expect(await rowOf(chain, 1)).toEqual(sent.weights);
  });

  test("go the timelocked way where it has", async () => {
    const chain = await begin();
    await commitReveal(chain, true);
    const sent = await chain.submitWeights(validator, { netuid: NETUID, scores });
    expect(sent).toMatchObject({ submission: { kind: "included" }, path: "timelocked" });
    expect(sent.round).toBeGreaterThan(0n);
  });

  test("never reach the newcomer on a uid that changed hands since the snapshot", async () => {
    const subnet = {
      netuid: NETUID,
      owner: { coldkey: hex("//Alice"), hotkey: hex("//Owner") },
      tempo: 20,
      commitReveal: false,
      weightsRateLimit: 10,
      immunityPeriod: 1,
      maxUids: 4,
      neurons: ["//Owner", "//Miner1", "//Validator1", "//Miner2"].map((uri, uid) => ({
        hotkey: hex(uri),
        coldkey: hex("//Bob"),
        ...(uid === 2 && { stakeRao: 10n ** 12n, validatorPermit: true }),
      })),
    };
    const chain = await begin({ preset: "upstream", subnets: [subnet] });
    const snapshot = await chain.metagraph({ netuid: NETUID });
    const scored = new Map(
      snapshot.neurons.map((neuron) => [neuron.hotkey, BigInt(neuron.uid + 1)]),
    );

    const newcomer = { netuid: NETUID, hotkey: hotkey("//Newcomer") };
    expect(await chain.burnedRegister(key("//Dave"), newcomer)).toMatchObject({ kind: "included" });
    const registration = await chain.registration(newcomer);
    if (registration.kind !== "registered") throw new Error("not registered");
    const loser = snapshot.neurons[registration.uid];
    if (loser === undefined) throw new Error("the newcomer replaced nobody");

    const sent = await chain.submitWeights(validator, {
      netuid: NETUID,
      scores: scored,
      scoredAt: snapshot.block,
    });
    expect(sent).toMatchObject({ submission: { kind: "included" }, dropped: [loser.hotkey] });
    expect(sent.weights.map(({ uid }) => uid)).not.toContain(registration.uid);
  });

  test("for a hotkey that came back to the subnet after it was scored are dropped", async () => {
    const chain = await begin();
    const comer = { netuid: NETUID, hotkey: hotkey("//Comer") };
    const scoredAt = (await chain.head()).number;
    await chain.burnedRegister(key("//Dave"), comer);
    const sent = await chain.submitWeights(validator, {
      netuid: NETUID,
      scores: new Map([...scores, [comer.hotkey, 99n]]),
      scoredAt,
    });
    expect(sent).toMatchObject({ submission: { kind: "included" }, dropped: [comer.hotkey] });
  });

  test("when nobody scored holds a uid any more are refused with a code", async () => {
    const chain = await begin();
    const strangers = new Map([[hotkey("//Stranger"), 1n]]);
    const sent = await chain.submitWeights(validator, { netuid: NETUID, scores: strangers });
    expect(sent.submission).toMatchObject({ kind: "rejected", error: { code: "UID_RECYCLED" } });
  });
});

function hex(uri: string): `0x${string}` {
  return `0x${Buffer.from(key(uri).publicKey).toString("hex")}`;
}
