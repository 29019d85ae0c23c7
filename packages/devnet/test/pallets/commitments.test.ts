import { type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { commitmentsEvents as events } from "../../src/pallets/commitments/events.ts";
import { commitmentsPallet } from "../../src/pallets/commitments/index.ts";
import {
  CommitmentOf,
  LastBondsReset,
  LastCommitment,
  RevealedCommitments,
  TimelockedIndex,
  UsedSpaceOf,
} from "../../src/pallets/commitments/storage.ts";
import type { Data } from "../../src/pallets/commitments/types.ts";
import { pairRow, pairsOf } from "../../src/yuma/pair-row.ts";
import { account, ROOT, signed, type TestChain } from "../context.ts";
import { callNamed } from "./refusals.ts";
import { publish, seal } from "./sealed.ts";
import { epochs, weights } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

const set = callNamed(commitmentsPallet.calls, "set_commitment");
const setMaxSpace = callNamed(commitmentsPallet.calls, "set_max_space");
const WHO = hotkey(1);
const ROUND = 1_000n;

const bytes = (text: string) => new TextEncoder().encode(text);
const raw = (text: string): Data => ({ tag: `Raw${text.length}`, value: bytes(text) });
const big = (length: number): Data => ({ tag: "BigRaw", value: new Uint8Array(length) });
const flag: Data = { tag: "ResetBondsFlag", value: undefined };
const timelocked = (text: string, round = ROUND): Data => ({
  tag: "TimelockEncrypted",
  value: { encrypted: seal(bytes(text), round), reveal_round: round },
});

const commit = (chain: TestChain, fields: readonly Data[], who: Hex = WHO): string =>
  chain.call(set, signed(who), { netuid: NETUID, info: { fields } });
const fieldsOf = (chain: TestChain) => CommitmentOf.get(chain.state, NETUID, WHO)?.info.fields;
const initialize = (chain: TestChain) => {
  chain.block += 1;
  commitmentsPallet.onInitialize?.(chain.as());
};

describe("a commitment", () => {
  it("is for neurons of the subnet", () => {
    expect(commit(chainWithSubnet(), [raw("hello")], account(99))).toBe("AccountNotAllowedCommit");
  });

  it("has at most three fields: more is no call at all", () => {
    const four = [raw("a"), raw("b"), raw("c"), raw("d")];
    expect(() => commit(chainWithSubnet(), four)).toThrow(RangeError);
  });

  it("takes the place of the one before", () => {
    const chain = chainWithSubnet();
    expect(commit(chain, [raw("hello")])).toBe("ok");
    chain.block += 1;
    expect(commit(chain, [raw("again"), big(129)])).toBe("ok");
    expect(CommitmentOf.get(chain.state, NETUID, WHO)).toEqual({
      deposit: 0n,
      block: 1_001,
      info: { fields: [raw("again"), big(129)] },
    });
    expect(LastCommitment.get(chain.state, NETUID, WHO)).toBe(1_001);
    const said = toHex(events.Commitment({ netuid: NETUID, who: WHO }));
    expect(chain.takeEvents()).toEqual([said, said]);
  });

  it("counts for at least 100 bytes of the 3100 that an epoch allows", () => {
    const chain = chainWithSubnet();
    for (let i = 0; i < 31; i++) expect(commit(chain, [raw("x")])).toBe("ok");
    expect(commit(chain, [raw("x")])).toBe("SpaceLimitExceeded");
    epochs.SubnetEpochIndex.set(chain.state, [NETUID], 1n);
    expect(commit(chain, [raw("x")])).toBe("ok");
    expect(UsedSpaceOf.get(chain.state, NETUID, WHO)).toEqual({ last_epoch: 1n, used_space: 100n });
  });

  it("counts bytes: hashes 32, flags none", () => {
    const chain = chainWithSubnet();
    const hash: Data = { tag: "Sha256", value: new Uint8Array(32) };
    expect(commit(chain, [hash, flag, big(200)])).toBe("ok");
    expect(UsedSpaceOf.get(chain.state, NETUID, WHO)?.used_space).toBe(232n);
  });

  it("may use what space root grants", () => {
    const chain = chainWithSubnet();
    const grant = { new_limit: 150 };
    expect(chain.call(setMaxSpace, signed(WHO), grant)).toBe("BadOrigin");
    expect(chain.call(setMaxSpace, ROOT, grant)).toBe("ok");
    expect(commit(chain, [big(151)])).toBe("SpaceLimitExceeded");
  });

  it("with the flag forgets the bonds in its neuron where the subnet allows it", () => {
    const chain = chainWithSubnet();
    const bonds = pairRow([
      [1, 500],
      [2, 600],
    ]);
    weights.Bonds.set(chain.state, [NETUID, 0], bonds);
    expect(commit(chain, [flag])).toBe("ok");
    expect(weights.Bonds.get(chain.state, NETUID, 0)).toEqual(bonds);
    epochs.BondsResetOn.set(chain.state, [NETUID], true);
    expect(commit(chain, [flag])).toBe("ok");
    expect(pairsOf(weights.Bonds.get(chain.state, NETUID, 0))).toEqual([[2, 600]]);
    expect(LastBondsReset.get(chain.state, NETUID, WHO)).toBe(1_000);
  });

  it("that is too long leaves the bonds alone, flag or not", () => {
    const chain = chainWithSubnet();
    epochs.BondsResetOn.set(chain.state, [NETUID], true);
    weights.Bonds.set(chain.state, [NETUID, 0], pairRow([[1, 500]]));
    for (let i = 0; i < 7; i++) expect(commit(chain, [big(440)])).toBe("ok");
    expect(commit(chain, [flag])).toBe("SpaceLimitExceeded");
    expect(weights.Bonds.has(chain.state, NETUID, 0)).toBe(true);
    expect(LastBondsReset.has(chain.state, NETUID, WHO)).toBe(false);
  });
});

describe("a timelocked commitment", () => {
  it("is opened when its pulse has come, and what is not locked stays", () => {
    const chain = chainWithSubnet();
    expect(commit(chain, [raw("open"), timelocked("secret")])).toBe("ok");
    expect(chain.takeEvents()).toEqual([
      toHex(events.TimelockCommitment({ netuid: NETUID, who: WHO, reveal_round: ROUND })),
    ]);
    initialize(chain);
    expect(fieldsOf(chain)).toHaveLength(2);
    publish(chain, ROUND);
    chain.takeEvents();
    initialize(chain);
    expect(RevealedCommitments.get(chain.state, NETUID, WHO)).toEqual([[bytes("secret"), 1_002n]]);
    expect(fieldsOf(chain)).toEqual([raw("open")]);
    expect(TimelockedIndex.get(chain.state)).toEqual([]);
    expect(chain.takeEvents()).toEqual([
      toHex(events.CommitmentRevealed({ netuid: NETUID, who: WHO })),
    ]);
  });

  it("is gone when nothing of it remains", () => {
    const chain = chainWithSubnet();
    expect(commit(chain, [timelocked("secret")])).toBe("ok");
    publish(chain, ROUND);
    initialize(chain);
    expect(CommitmentOf.has(chain.state, NETUID, WHO)).toBe(false);
    expect(LastCommitment.has(chain.state, NETUID, WHO)).toBe(true);
  });

  it("waits field by field", () => {
    const chain = chainWithSubnet();
    expect(commit(chain, [timelocked("one"), timelocked("two", 2_000n)])).toBe("ok");
    publish(chain, ROUND);
    initialize(chain);
    expect(fieldsOf(chain)).toEqual([timelocked("two", 2_000n)]);
    expect(TimelockedIndex.get(chain.state)).toEqual([[NETUID, WHO]]);
  });

  it("that cannot be opened is dropped without a word", () => {
    const chain = chainWithSubnet();
    const broken: Data = {
      tag: "TimelockEncrypted",
      value: { encrypted: Uint8Array.of(1, 2, 3), reveal_round: ROUND },
    };
    expect(commit(chain, [broken, timelocked("")])).toBe("ok");
    publish(chain, ROUND);
    chain.takeEvents();
    initialize(chain);
    expect(CommitmentOf.has(chain.state, NETUID, WHO)).toBe(false);
    expect(RevealedCommitments.has(chain.state, NETUID, WHO)).toBe(false);
    expect(chain.takeEvents()).toEqual([]);
  });

  it("is not opened any more once it was replaced", () => {
    const chain = chainWithSubnet();
    expect(commit(chain, [timelocked("secret")])).toBe("ok");
    expect(commit(chain, [raw("open")])).toBe("ok");
    expect(TimelockedIndex.get(chain.state)).toEqual([]);
  });

  it("keeps the last ten reveals", () => {
    const chain = chainWithSubnet();
    publish(chain, ROUND);
    for (let i = 0; i < 11; i++) {
      expect(commit(chain, [timelocked(`secret ${i}`)])).toBe("ok");
      epochs.SubnetEpochIndex.update(chain.state, [NETUID], (epoch) => epoch + 1n);
      initialize(chain);
    }
    const reveals = RevealedCommitments.get(chain.state, NETUID, WHO) ?? [];
    expect(reveals).toHaveLength(10);
    expect(reveals[0]?.[0]).toEqual(bytes("secret 1"));
  });

  it("is listed in order of netuid and account", () => {
    const chain = chainWithSubnet();
    for (const uid of [2, 0, 1]) {
      expect(commit(chain, [timelocked("x")], hotkey(uid))).toBe("ok");
    }
    expect(TimelockedIndex.get(chain.state)).toEqual([
      [NETUID, hotkey(0)],
      [NETUID, hotkey(1)],
      [NETUID, hotkey(2)],
    ]);
  });
});
