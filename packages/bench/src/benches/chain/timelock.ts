import { randomBytes } from "node:crypto";
import { encodeWeightsPayload, QUICKNET, timelockEncrypt } from "@neurond/crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Row } from "../../bench.ts";
import { milliseconds } from "../../measure.ts";

const NEURONS = 256;

/** A timelocked commit of a full subnet's weights, against the curve operations it cannot do without. */
export function timelockRows(): readonly Row[] {
  const uids = Array.from({ length: NEURONS }, (_, uid) => uid);
  const plaintext = encodeWeightsPayload({
    publicKey: new Uint8Array(32).fill(1),
    uids,
    values: uids.map((uid) => 65_535 - uid),
    versionKey: 0n,
  });
  return [
    {
      metric: "chain.timelock.encrypt",
      unit: "ms",
      better: "lower",
      target: 30,
      measure: milliseconds(() => seal(plaintext), 5),
      reference: { name: "bare noble pairing + G2 multiplication", measure: bareCurve() },
    },
  ];
}

function seal(plaintext: Uint8Array): Uint8Array {
  return timelockEncrypt({
    plaintext,
    round: 30_000_000,
    publicKey: QUICKNET.publicKey,
    key: new Uint8Array(randomBytes(32)),
    sigma: new Uint8Array(randomBytes(32)),
    nonce: new Uint8Array(randomBytes(12)),
  });
}

function bareCurve() {
  const { G1, G2, pairing, fields } = bls12_381;
  const key = G2.Point.fromBytes(QUICKNET.publicKey);
  return milliseconds(() => {
    const scalar = fields.Fr.create(BigInt(`0x${randomBytes(32).toString("hex")}`));
    G2.Point.BASE.multiply(scalar);
    pairing(G1.Point.BASE, key);
  }, 5);
}
