import { type AdmissionRules, admitBy, type Subnet, SubnetView } from "@neurond/admission";
import { type Coldkey, type Hotkey, toRao } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { coldkey, hotkey, neuronOf, subnetOf } from "./subnet.ts";

const [validator, miner, stranger, client] = [hotkey(1), hotkey(2), hotkey(3), hotkey(4)];
const stakes = { alphaStake: toRao(2n), totalStake: toRao(5n) };
const subnet = subnetOf([neuronOf(1, { validatorPermit: true, ...stakes }), neuronOf(2, stakes)]);
const neurons = { requirePermit: true, minStakeRao: toRao(5n), stakeKind: "total" } as const;
const named: AdmissionRules = { allow: new Set([client]), deny: new Set(), neurons };

const judge = (
  sender: Hotkey,
  rules: Partial<AdmissionRules> = {},
  view: Subnet | undefined = subnet,
) => {
  const admission = admitBy(() => view, { ...named, ...rules })(sender);
  return admission.admitted ? "admitted" : admission.code;
};

describe("who may call", () => {
  it("is a validator with a permit and enough stake, or somebody the operator named", () => {
    expect(judge(validator)).toBe("admitted");
    expect(judge(client)).toBe("admitted");
    expect(judge(miner)).toBe("NO_PERMIT");
    expect(judge(stranger)).toBe("NOT_REGISTERED");
    expect(judge(validator, { neurons: { ...neurons, minStakeRao: toRao(6n) } })).toBe("LOW_STAKE");
  });

  it("is any neuron with enough stake where no permit is asked for", () => {
    const rules = { neurons: { ...neurons, requirePermit: false } };
    expect(judge(miner, rules)).toBe("admitted");
    expect(judge(stranger, rules)).toBe("NOT_REGISTERED");
  });

  it("is judged by the stake of the kind that is asked for, and told so", () => {
    const alpha = { ...neurons, stakeKind: "alpha" } as const;
    expect(judge(validator, { neurons: alpha })).toBe("LOW_STAKE");
    const rules = { ...named, neurons: { ...alpha, minStakeRao: toRao(2n) } };
    expect(admitBy(() => subnet, rules)(validator)).toMatchObject({
      standing: { uid: 1, coldkey: coldkey(101), stakeRao: 2n, validatorPermit: true },
    });
  });

  it("is nobody whom the operator denied, permit or not, by hotkey or by owner", () => {
    const deny = new Set<Hotkey | Coldkey>([validator, client]);
    expect(judge(validator, { deny })).toBe("SENDER_NOT_ALLOWED");
    expect(judge(client, { deny })).toBe("SENDER_NOT_ALLOWED");
    expect(judge(validator, { deny: new Set([coldkey(101)]) })).toBe("SENDER_NOT_ALLOWED");
    expect(judge(validator, { deny: new Set([coldkey(102)]) })).toBe("admitted");
  });

  it("changes with a ban from the next request on", () => {
    const deny = new Set<Hotkey | Coldkey>();
    const admit = admitBy(() => subnet, { ...named, deny });
    expect(admit(validator).admitted).toBe(true);
    deny.add(validator);
    expect(admit(validator).admitted).toBe(false);
    deny.delete(validator);
    expect(admit(validator).admitted).toBe(true);
  });

  it("is only who is named where the subnet gives no right, and everybody where all may", () => {
    expect(judge(validator, { neurons: null })).toBe("SENDER_NOT_ALLOWED");
    expect(judge(client, { neurons: null }, undefined)).toBe("admitted");
    expect(judge(stranger, { neurons: "anyone" })).toBe("admitted");
    expect(judge(stranger, { neurons: "anyone", deny: new Set([stranger]) })).toBe(
      "SENDER_NOT_ALLOWED",
    );
  });

  it("is no neuron at all once the view is too old, but still who is named", async () => {
    let now = 0;
    const view = new SubnetView({ staleMs: 1_000, now: () => now });
    const admit = admitBy(() => view.current(), named);
    const codeOf = (sender: Hotkey) => {
      const admission = admit(sender);
      return admission.admitted ? "admitted" : admission.code;
    };
    expect(admit(validator)).toMatchObject({
      code: "METAGRAPH_UNAVAILABLE",
      retryAfterSeconds: 12,
    });
    await view.refresh(async () => subnet);
    now = 1_000;
    expect(codeOf(validator)).toBe("admitted");
    now = 1_001;
    expect(codeOf(validator)).toBe("METAGRAPH_UNAVAILABLE");
    expect(codeOf(client)).toBe("admitted");
  });
});

describe("the view of a subnet", () => {
  it("stays as it was while the chain cannot be read", async () => {
    const view = new SubnetView({ staleMs: 1_000, now: () => 0 });
    await view.refresh(async () => subnet);
    const failing = view.refresh(() => Promise.reject(new Error("no answer")));
    await expect(failing).rejects.toThrow("no answer");
    expect(view.current()).toBe(subnet);
  });

  it("is as old as the question, however late the answer", async () => {
    let now = 0;
    const view = new SubnetView({ staleMs: 1_000, now: () => now });
    await view.refresh(async () => {
      now = 900;
      return subnet;
    });
    expect(view.ageMs()).toBe(900);
  });

  it("takes over what is younger, and believes no time that has not come", () => {
    let now = 5_000;
    const view = new SubnetView({ staleMs: 1_000, now: () => now });
    expect(view.adopt(subnet, 4_000)).toBe(true);
    expect(view.adopt(subnetOf([]), 3_999)).toBe(false);
    expect(view.current()).toBe(subnet);
    const later = subnetOf([], 10);
    expect(view.adopt(later, 99_000)).toBe(true);
    now = 6_001;
    expect(view.current()).toBeUndefined();
  });
});
