import { generateKeyPairSync, sign, verify } from "node:crypto";
import { keypairFromUri, verifySr25519, verifySr25519Fast } from "@neurond/crypto";
import { VerifyPool } from "@neurond/runtime";
import type { Measure } from "../bench.ts";
import { defineBench, type Row } from "../bench.ts";

const CHECKS = 2_000;
const MESSAGE_BYTES = 160;

/** What it costs to know who is calling: on the calling thread, and through the pool. */
export const signatures = defineBench({
  name: "signatures",
  rows: (resources) => {
    const key = keypairFromUri("//Alice");
    const message = new Uint8Array(MESSAGE_BYTES).fill(7);
    const request = { publicKey: key.publicKey, message, signature: key.sign(message) };
    const pool = resources.use(new VerifyPool({ workers: 2, batch: 32, maxQueued: CHECKS }));
    const pooled = async () => {
      const asked = Array.from({ length: CHECKS }, () => pool.verify(request));
      return (await Promise.all(asked)).every((valid) => valid);
    };
    const { publicKey, signature } = request;
    const inline = () => verifySr25519Fast(publicKey, message, signature);
    const pure = () => verifySr25519(publicKey, message, signature);
    return [
      rate("signatures.verify.inline", 6_000, perSecond(CHECKS, inline)),
      rate("signatures.verify.pool2", 12_000, async () => {
        const started = performance.now();
        if (!(await pooled())) throw new Error("a valid signature was refused");
        return CHECKS / ((performance.now() - started) / 1000);
      }),
      rate("signatures.verify.pure", null, perSecond(CHECKS / 10, pure)),
    ];
  },
});

function rate(metric: string, target: number | null, measure: Measure): Row {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const message = Buffer.alloc(MESSAGE_BYTES, 7);
  const signature = sign(null, message, privateKey);
  return {
    metric,
    unit: "1/s",
    better: "higher",
    target,
    measure,
    reference: {
      name: "node's ed25519, one thread",
      measure: perSecond(CHECKS, () => verify(null, message, publicKey, signature)),
    },
  };
}

function perSecond(count: number, check: () => boolean): Measure {
  return () => {
    const started = performance.now();
    for (let i = 0; i < count; i += 1)
      if (!check()) throw new Error("a valid signature was refused");
    return count / ((performance.now() - started) / 1000);
  };
}
