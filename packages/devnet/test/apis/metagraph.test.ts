import { describe, expect, it } from "vitest";
import { metagraphFields, SELECTABLE } from "../../src/apis/types/metagraph.ts";
import { devAccount } from "../../src/genesis/accounts.ts";
import { READY_NETUID, READY_NEURONS } from "../../src/genesis/presets.ts";
import { CommitmentOf } from "../../src/pallets/commitments/storage.ts";
import { TAO } from "../pallets/funds.ts";
import { emission, limits, networks, neurons, stakes } from "../pallets/storage.ts";
import { ask, viewOfReadySubnet } from "./view.ts";

const netuid = READY_NETUID;
const hotkeys = READY_NEURONS.map(({ hotkey }) => devAccount(hotkey));
const coldkeys = READY_NEURONS.map(({ coldkey }) => devAccount(coldkey));
const text = (value: string) => [...new TextEncoder().encode(value)];

describe("a metagraph", () => {
  it("has the fields in the order by which clients select them", () => {
    expect(SELECTABLE).toHaveLength(74);
    const places = [0, 7, 11, 52, 55, 66, 69, 71, 72, 73].map((index) => SELECTABLE[index]);
    expect(places).toEqual([
      "netuid",
      "block",
      "subnet_emission",
      "hotkeys",
      "axons",
      "block_at_registration",
      "total_stake",
      "alpha_dividends_per_hotkey",
      "validators",
      "commitments",
    ]);
  });

  it("lists every neuron in order of uid", () => {
    const view = viewOfReadySubnet();
    const { state } = view;
    neurons.Emission.set(state, [netuid], [1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 40n]);
    neurons.Incentive.set(state, [netuid], [0, 0, 0, 0, 1, 63, 64, 65_535]);
    emission.AlphaDividendsPerSubnet.set(state, [netuid, hotkeys[1] ?? "0x"], 77n);
    expect(ask(view, "get_metagraph", { netuid })).toMatchObject({
      netuid,
      block: 5n,
      tempo: 20,
      num_uids: 8,
      hotkeys,
      coldkeys,
      emission: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 40n],
      incentives: [0, 0, 0, 0, 1, 63, 64, 65_535],
      validator_permit: READY_NEURONS.map(({ stake }) => stake > 0n),
      alpha_stake: READY_NEURONS.map(({ stake }) => stake * TAO),
      total_stake: READY_NEURONS.map(({ stake }) => stake * TAO),
      pruning_score: [],
      rank: [],
      trust: [],
      activity_cutoff: 277n,
      alpha_dividends_per_hotkey: hotkeys.map((hotkey, uid) => [hotkey, uid === 1 ? 77n : 0n]),
    });
  });

  it("counts root stake by its weight, and inherited stake", () => {
    const view = viewOfReadySubnet();
    const { state } = view;
    const [, first = "0x", second = "0x"] = hotkeys;
    stakes.TotalHotkeyAlpha.set(state, [first, 0], 1_000n * TAO);
    stakes.TaoWeight.set(state, [], 2n ** 63n);
    const half = 2n ** 63n;
    stakes.ChildKeys.set(state, [second, netuid], [[half, first]]);
    stakes.ParentKeys.set(state, [first, netuid], [[half, second]]);
    const { alpha_stake, tao_stake, total_stake } = ask(view, "get_metagraph", { netuid }) as {
      alpha_stake: bigint[];
      tao_stake: bigint[];
      total_stake: bigint[];
    };
    expect([alpha_stake[1], alpha_stake[2]]).toEqual([4_000n * TAO, 1_000n * TAO]);
    expect(tao_stake[1]).toBe(1_000n * TAO);
    expect(total_stake[1]).toBe(4_500n * TAO);
  });

  it("has identities and axons where there are any", () => {
    const view = viewOfReadySubnet();
    const { state } = view;
    const none = new Uint8Array();
    const name = Uint8Array.from(text("bob"));
    const rest = { url: none, github_repo: none, image: none, discord: none, description: none };
    const identity = { name, ...rest, additional: none };
    limits.IdentitiesV2.set(state, [devAccount("//Bob")], identity);
    const axon = {
      block: 3n,
      version: 7,
      ip: 2n ** 127n + 5n,
      port: 8_091,
      ip_type: 6,
      protocol: 4,
      placeholder1: 1,
      placeholder2: 2,
    };
    neurons.Axons.set(state, [netuid, hotkeys[4] ?? "0x"], axon);
    const { identities, axons } = ask(view, "get_metagraph", { netuid }) as {
      identities: unknown[];
      axons: unknown[];
    };
    expect(identities.map((found) => found !== undefined)).toEqual(
      READY_NEURONS.map(({ coldkey }) => coldkey === "//Bob"),
    );
    expect(identities[1]).toEqual(identity);
    expect(axons[4]).toEqual(axon);
    expect(axons[5]).toMatchObject({ block: 0n, ip: 0n, port: 0 });
  });

  it("does not exist where there is no subnet", () =>
    expect(ask(viewOfReadySubnet(), "get_metagraph", { netuid: 9 })).toBeUndefined());

  it("of all subnets comes in order of netuid", () => {
    const all = ask(viewOfReadySubnet(), "get_all_metagraphs") as { netuid: number }[];
    expect(all.map((one) => one.netuid)).toEqual([0, 1, 2]);
  });

  it("of a mechanism has its own incentives under its storage index", () => {
    const view = viewOfReadySubnet();
    const { state } = view;
    networks.MechanismCountCurrent.set(state, [netuid], 2);
    const index = 4_096 + netuid;
    neurons.Incentive.set(state, [index], [9]);
    neurons.LastUpdate.set(state, [index], [8n]);
    expect(ask(view, "get_mechagraph", { netuid, mecid: 1 })).toMatchObject({
      netuid: index,
      incentives: [9],
      last_update: [8n],
      num_uids: 8,
    });
    expect(ask(view, "get_mechagraph", { netuid, mecid: 2 })).toBeUndefined();
    const all = ask(view, "get_all_mechagraphs") as { netuid: number }[];
    expect(all.map((one) => one.netuid)).toEqual([0, 1, 2, index]);
  });
});

describe("a selective metagraph", () => {
  const select = (view: ReturnType<typeof viewOfReadySubnet>, ...metagraph_indexes: number[]) =>
    ask(view, "get_selective_metagraph", { netuid, metagraph_indexes }) as Record<string, unknown>;

  it("has what was asked for, the netuid, and nothing else", () => {
    const answer = select(viewOfReadySubnet(), 8, 52, 999);
    const present = Object.entries(answer).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(present)).toEqual({ netuid, tempo: 20, hotkeys });
  });

  it("tells an absent identity from one that was not asked for by its bytes", () => {
    const view = viewOfReadySubnet();
    expect(select(view, 3)["identity"]).toBeUndefined();
    const identity = Object.fromEntries(
      ["subnet_name", "github_repo", "subnet_contact", "subnet_url"]
        .concat("discord", "description", "logo_url", "additional")
        .map((field) => [field, new Uint8Array(1)]),
    );
    networks.SubnetIdentitiesV3.set(view.state, [netuid], identity as never);
    expect(select(view, 3)["identity"]).toEqual(identity);
  });

  it("knows validators and commitments", () => {
    const view = viewOfReadySubnet();
    const commitment = { deposit: 0n, block: 3, info: { fields: [] } };
    CommitmentOf.set(view.state, [netuid, hotkeys[4] ?? "0x"], commitment);
    const { validators, commitments } = select(view, 72, 73);
    expect(validators).toEqual([0, 1, 2, 3]);
    const stored = [...CommitmentOf.type.codec.enc(commitment)];
    expect(commitments).toEqual([[hotkeys[4], stored]]);
  });

  it("can have every field at once", () => {
    const view = viewOfReadySubnet();
    const whole = ask(view, "get_metagraph", { netuid });
    const all = Object.keys(metagraphFields).map((_, index) => index);
    expect(select(view, ...all)).toMatchObject(whole as Record<string, unknown>);
  });
});
