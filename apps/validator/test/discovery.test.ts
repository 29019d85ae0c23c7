import type { Chain, Metagraph, Neuron } from "@neurond/chain";
import { keypairFromSeed } from "@neurond/crypto";
import {
  coldkeyOf,
  hotkeyOf,
  toBlockNumber,
  toMecid,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import { parseCapacity } from "@neurond/registry";
import { describe, expect, test } from "vitest";
import { Config } from "../src/config.ts";
import { openDiscovery } from "../src/discovery/discovery.ts";
import { MinerBook } from "../src/discovery/miner-book.ts";
import { servingNeurons } from "../src/discovery/serving-neurons.ts";

const never = new AbortController().signal;
const block = toBlockNumber(7);
const netuid = toNetuid(1);
const hotkeys = [1, 2, 3, 4, 5].map((byte) =>
  hotkeyOf(keypairFromSeed(new Uint8Array(32).fill(byte)).publicKey),
);

function neuron(at: number, ip: string | null): Neuron {
  const [hotkey] = hotkeys.slice(at);
  if (hotkey === undefined) throw new RangeError("no such hotkey");
  return {
    uid: toUid(at),
    hotkey,
    coldkey: coldkeyOf(new Uint8Array(32)),
    blockAtRegistration: block,
    active: true,
    validatorPermit: false,
    lastUpdate: block,
    emission: toRao(0n),
    incentive: 0,
    dividends: 0,
    consensus: 0,
    validatorTrust: 0,
    alphaStake: toRao(0n),
    taoStake: toRao(0n),
    totalStake: toRao(0n),
    axon: ip === null ? undefined : { block, version: 1, ip, port: 9, protocol: 4 },
  };
}

/** Where each of five neurons is asked: axons of all but the last, and the commitments given. */
async function urls(discovery: object, commitments: readonly string[], allowPrivatePeers = false) {
  const config = Config.parse({ netuid: 1, discovery, gossip: { allowPrivatePeers } });
  const neurons = hotkeys.map((_, at) => neuron(at, at < 4 ? `8.8.8.${at}` : null));
  const metagraph: Metagraph = {
    netuid,
    mecid: toMecid(0),
    block,
    blockHash: `0x${"ab".repeat(32)}`,
    name: "",
    symbol: "",
    tempo: 9,
    ownerHotkey: undefined,
    ownerColdkey: undefined,
    registeredAt: block,
    neurons,
    byHotkey: new Map(neurons.map((one) => [one.hotkey, one])),
  };
  const chain: Pick<Chain, "metagraph" | "commitments"> = {
    metagraph: async () => metagraph,
    commitments: async () =>
      neurons.flatMap(({ hotkey }, at) => {
        const bytes = Buffer.from(commitments[at] ?? "");
        return bytes.length > 0
          ? [{ netuid, hotkey, block, fields: [{ kind: "raw" as const, bytes }] }]
          : [];
      }),
  };
  const deps = {
    chain,
    identity: { netuid },
    discovery: await openDiscovery(config, () => 0),
  };
  return (await servingNeurons(deps, never)).map(({ url }) => url);
}

describe("miners are found", () => {
  const COMMITMENTS = [
    "miner.example:8443",
    '{"model":"x"}',
    "miner.example:0",
    "10.0.0.7:8443",
    "[2606:4700::1]:8443",
  ];

  test("by their axons unless it is said otherwise, and then no commitment is read", async () => {
    expect(await urls({}, COMMITMENTS)).toEqual([
      "http://8.8.8.0:9",
      "http://8.8.8.1:9",
      "http://8.8.8.2:9",
      "http://8.8.8.3:9",
      null,
    ]);
  });

  test("by their commitments alone, where those are endpoints that may be asked", async () => {
    expect(await urls({ source: "registry" }, COMMITMENTS)).toEqual([
      "https://miner.example:8443",
      null,
      null,
      null,
      "https://[2606:4700::1]:8443",
    ]);
  });

  test("by both: a registered endpoint wins, and without one the axon counts", async () => {
    expect(await urls({ source: "both" }, COMMITMENTS)).toEqual([
      "https://miner.example:8443",
      "http://8.8.8.1:9",
      "http://8.8.8.2:9",
      "http://8.8.8.3:9",
      "https://[2606:4700::1]:8443",
    ]);
  });

  test("in networks of one owner at private addresses too, and by http if that is said", async () => {
    const found = await urls({ source: "registry", scheme: "http" }, COMMITMENTS, true);
    expect(found).toEqual([
      "http://miner.example:8443",
      null,
      null,
      "http://10.0.0.7:8443",
      "http://[2606:4700::1]:8443",
    ]);
  });

  test("nowhere with settings that make no sense", async () => {
    const invalid = expect.objectContaining({ code: "CONFIG_INVALID" });
    await expect(urls({ source: "registry", scheme: "http" }, [])).rejects.toEqual(invalid);
    const caFile = "/nonexistent/authority.pem";
    await expect(urls({ source: "registry", caFile }, [])).rejects.toEqual(invalid);
  });
});

describe("the book of miners", () => {
  const [hotkey, other] = hotkeys;
  if (hotkey === undefined || other === undefined) throw new RangeError("no hotkeys");
  const RULES = { intervalMs: 10, keepMs: 100, longestPauseMs: 1_000 };
  const url = "https://miner.example";
  const open = () => {
    let now = 0;
    const book = new MinerBook(RULES, () => now);
    const answered = (document: unknown) => {
      book.note(hotkey, url, { kind: "answered", atMs: now, capacity: parseCapacity(document) });
    };
    const silent = () => book.note(hotkey, url, { kind: "silent", atMs: now, reason: "no answer" });
    const at = (ms: number) => {
      now = ms;
    };
    return { book, answered, silent, at };
  };

  test("gives a miner that was silent its task again, once after each poll", () => {
    const { book, silent, answered } = open();
    silent();
    expect(book.mayTake(hotkey, "base")).toBe("now");
    expect(book.outcomeOfSilence(hotkey)).toEqual({ kind: "contained" });
    expect(book.mayTake(hotkey, "base")).toBe("later");
    silent();
    expect(book.mayTake(hotkey, "base")).toBe("now");
    answered({ base: true });
    expect(book.mayTake(hotkey, "base")).toBe("now");
    expect(book.outcomeOfSilence(hotkey)).toEqual({ kind: "offline" });
  });

  test("gives no task to who is invalid, or does not offer what it takes", () => {
    const { book, answered, silent, at } = open();
    answered({ base: true, img: false });
    expect([book.mayTake(hotkey, "img"), book.mayTake(hotkey, "edit")]).toEqual(["never", "never"]);
    silent();
    at(100);
    silent();
    expect(book.mayTake(hotkey, "base")).toBe("never");
    expect(book.outcomeOfSilence(hotkey)).toEqual({ kind: "offline" });
    expect(book.counts()).toEqual({ unknown: 0, valid: 0, contained: 0, invalid: 1 });
  });

  test("asks who has moved at once, and clears nobody for moving", () => {
    const { book, answered } = open();
    expect(book.isDue(hotkey, url)).toBe(true);
    answered([]);
    expect(book.isDue(hotkey, url)).toBe(false);
    expect(book.isDue(hotkey, "https://new.example")).toBe(true);
    expect(book.mayTake(hotkey, "base")).toBe("never");
  });

  test("forgets who has left", () => {
    const { book, answered } = open();
    answered([]);
    book.keepOnly(new Set([other]));
    expect(book.entries()).toEqual([]);
  });
});
