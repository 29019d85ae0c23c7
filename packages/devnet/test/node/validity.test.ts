import { keypairFromUri } from "@neurond/crypto";
import { describe, expect, it } from "vitest";
import { mortalEra } from "../../src/node/era.ts";
import { encodeBare } from "../../src/node/extrinsic.ts";
import type { Admission } from "../../src/node/pool.ts";
import { systemErrors } from "../../src/pallets/system/events.ts";
import { alice, bob, callOf, keyOf, makeNode, remark, type Signing, sign } from "./fixture.ts";

const why = (admission: Admission): unknown => {
  if (admission.kind !== "refused") return admission.kind;
  const { tag, value } = admission.error;
  return tag === "Invalid" && value.tag === "Custom" ? `Custom ${value.value}` : value.tag;
};

const submitted = (how: Signing, signer = alice) => {
  const node = makeNode();
  return why(node.submit(sign(node, signer, remark(node, "hello"), how)));
};

describe("the pool", () => {
  it("takes sr25519 and ed25519 signatures", () => {
    const node = makeNode();
    expect(why(node.submit(sign(node, alice, remark(node, "a"))))).toBe("accepted");
    const edward = keypairFromUri("//Alice", "ed25519");
    node.schedule(({ state }) => state.set("0x00", new Uint8Array(1)));
    const call = callOf(node, "Balances", "transfer_keep_alive", {
      dest: { tag: "Id", value: keyOf(edward) },
      value: 1_000_000_000n,
    });
    node.submit(sign(node, alice, call));
    node.produce();
    expect(why(node.submit(sign(node, edward, remark(node, "b"))))).toBe("accepted");
  });

  it.each<[string, Signing]>([
    ["another spec version", { specVersion: 423 }],
    ["another chain", { genesis: `0x${"11".repeat(32)}` }],
    ["another birth block", { birth: `0x${"11".repeat(32)}` }],
  ])("sees a bad signature in one that was made for %s", (_what, how) => {
    expect(submitted(how)).toBe("BadProof");
  });

  it("sees a bad signature in one that covers another call", () => {
    const node = makeNode();
    const bytes = sign(node, alice, remark(node, "a"));
    bytes[bytes.length - 1] = 0x62;
    expect(why(node.submit(bytes))).toBe("BadProof");
  });

  it("knows no birth block that is older than the hashes it keeps", () => {
    const node = makeNode();
    for (let i = 0; i < 2_402; i += 1) node.produce();
    const era = mortalEra(4_096, 1);
    const birth = node.blocks.byNumber(1)?.hash ?? "0x";
    expect(why(node.submit(sign(node, alice, remark(node, "a"), { era, birth })))).toBe(
      "AncientBirthBlock",
    );
    expect(why(node.submit(sign(node, alice, remark(node, "a"))))).toBe("accepted");
  });

  it("takes a mortal extrinsic born in the best block until its era ends", () => {
    const node = makeNode();
    for (let i = 0; i < 4; i += 1) node.produce();
    const mortal = { era: mortalEra(4, 4), birth: node.best.hash };
    const bytes = sign(node, alice, remark(node, "a"), mortal);
    expect(why(node.submit(bytes))).toBe("accepted");
    const late = makeNode();
    for (let i = 0; i < 8; i += 1) late.produce();
    // At block 9 the same two bytes of era mean block 8, whose hash was not signed.
    expect(why(late.submit(bytes))).toBe("BadProof");
  });

  it("refuses a used nonce, and keeps a later one for the future", () => {
    const node = makeNode();
    node.submit(sign(node, alice, remark(node, "a")));
    node.produce();
    expect(why(node.submit(sign(node, alice, remark(node, "b"), { nonce: 0 })))).toBe("Stale");
    expect(why(node.submit(sign(node, alice, remark(node, "b"), { nonce: 3 })))).toBe("accepted");
    expect(node.pool.readyCount).toBe(0);
  });

  it("refuses who cannot pay", () => {
    expect(submitted({}, keypairFromUri("//Nobody"))).toBe("Payment");
    expect(submitted({ tip: 2_000_000_000_000n })).toBe("Payment");
  });

  it("refuses a sudo call of another than the sudo key", () => {
    const node = makeNode();
    const call = callOf(node, "Sudo", "sudo", { call: remark(node, "x") });
    expect(why(node.submit(sign(node, bob, call)))).toBe("BadSigner");
    expect(why(node.submit(sign(node, alice, call)))).toBe("accepted");
  });

  it("asks the guards last", () => {
    const guard = () => ({ custom: 6, error: systemErrors.CallFiltered });
    const node = makeNode({ guard });
    expect(why(node.submit(sign(node, alice, remark(node, "a"))))).toBe("Custom 6");
    const poor = keypairFromUri("//Nobody");
    expect(why(node.submit(sign(node, poor, remark(node, "a"))))).toBe("Payment");
  });

  it("judges unsigned calls only where their pallet does, and takes no inherents", () => {
    const node = makeNode();
    const { runtimeCall } = node.runtimeAt(node.best);
    const time = runtimeCall.codec.enc({ pallet: 2, call: 0, args: { now: 1n } });
    expect(why(node.submit(encodeBare(time)))).toBe("MandatoryValidation");
    const bare = encodeBare(runtimeCall.codec.enc(remark(node, "a")));
    expect(why(node.submit(bare))).toBe("NoUnsignedValidator");
    expect(why(node.submit(new Uint8Array(3)))).toBe("undecodable");
  });
});
