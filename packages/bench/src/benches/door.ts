import { createHash, randomBytes } from "node:crypto";
import {
  admitBy,
  type Charges,
  limiterMemory,
  limitOf,
  type Subnet,
  stakeQuota,
} from "@neurond/admission";
import { type Keypair, keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import {
  type AuthPolicy,
  type CheckSignature,
  checkHeaders,
  defineAuthPolicy,
  finish,
  pairRawHeaders,
  RequestSigner,
  replayMemory,
  spendNonce,
} from "@neurond/epistula";
import { coldkeyOf, hotkeyOf, parseTao, toBlockNumber, toNetuid, toUid } from "@neurond/primitives";
import { defineBench, type Measure } from "../bench.ts";

const REQUESTS = 10_000;
const SENDERS = 64;
const TARGET = "/inference?stream=true";
/** As many headers as a Python client sends beside those that sign. */
const COMMON = ["host", "accept", "accept-encoding", "connection", "user-agent", "content-type"];

/** What a request costs at the door beside its signature: headers, standing, four buckets, nonce. */
export const door = defineBench({
  name: "door",
  rows: () => {
    const bob = keypairFromUri("//Bob");
    const senders = Array.from({ length: SENDERS }, (_, n) => keypairFromUri(`//Sender${n}`));
    const requests = signedRequests(senders, bob);
    const [message, key] = [new Uint8Array(160).fill(7), senders[0] ?? bob];
    const signature = key.sign(message);
    return [
      {
        metric: "door.request",
        unit: "us",
        better: "lower",
        target: 25,
        measure: throughDoor(senders, bob, requests),
        reference: {
          name: "one sr25519 check, same thread",
          measure: eachOf(500, () => verifySr25519Fast(key.publicKey, message, signature)),
        },
      },
      { metric: "door.limits", unit: "us", better: "lower", target: 4, measure: limitsAlone() },
    ];
  },
});

const digest = createHash("sha256").update("{}").digest();
const now = Date.now();
const isValid: CheckSignature = () => true;
const perMinute = (requests: number) => limitOf({ requests, perMs: 60_000 });
const GENEROUS = perMinute(6_000_000);

/** Raw headers as Node hands them over, signed in both schemes; signing is not what is measured. */
function signedRequests(senders: readonly Keypair[], bob: Keypair): readonly string[][] {
  const common = COMMON.flatMap((name) => [name, "application/json; q=0.9"]);
  const signers = senders.map(({ scheme, publicKey }) => {
    const signature = randomBytes(64);
    return new RequestSigner({ key: { scheme, publicKey, sign: () => signature } });
  });
  const toSign = {
    method: "POST",
    target: TARGET,
    bodySha256: digest,
    now,
    random: randomBytes(32),
  };
  return Array.from({ length: REQUESTS }, (_, n) => {
    const nonce = BigInt(now) * 1_000_000n + BigInt(n);
    const signed = signers[n % SENDERS]?.sign({
      ...toSign,
      receiver: hotkeyOf(bob.publicKey),
      nonce,
    });
    return [...common, ...(signed ?? []).flat()];
  });
}

function throughDoor(
  senders: readonly Keypair[],
  bob: Keypair,
  requests: readonly string[][],
): Measure {
  const neurons = senders.map(({ publicKey }, n) => ({
    uid: toUid(n),
    hotkey: hotkeyOf(publicKey),
    coldkey: coldkeyOf(publicKey),
    validatorPermit: true,
    alphaStake: parseTao("1000"),
    totalStake: parseTao(String(1_000 * (n + 1))),
  }));
  const byHotkey = new Map(neurons.map((neuron) => [neuron.hotkey, neuron]));
  const subnet: Subnet = { netuid: toNetuid(1), block: toBlockNumber(1), byHotkey };
  const rule = { requirePermit: true, minStakeRao: parseTao("10"), stakeKind: "total" } as const;
  const admit = admitBy(() => subnet, { allow: new Set(), deny: new Set(), neurons: rule });
  const quota = stakeQuota({ base: 600_000, perDecade: 60_000 });
  return async () => {
    const policy = defineAuthPolicy({
      receivers: [hotkeyOf(bob.publicKey)],
      netuid: subnet.netuid,
      replay: replayMemory({ retentionMs: 60_000, now: () => now }),
      admit,
    });
    const [addresses, callers] = [limiterMemory(), limiterMemory()];
    const started = performance.now();
    for (const [n, headers] of requests.entries()) {
      const address: Charges = [{ key: `ip:10.0.${n % 255}.1`, limit: GENEROUS }];
      if (!addresses.take(address, now).allowed) throw new Error("an address was refused");
      const { hotkey, standing } = await enter(headers, policy);
      const charges: Charges = [
        { key: `hotkey:${hotkey}`, limit: perMinute(quota(standing?.stakeRao ?? parseTao("0"))) },
        { key: `coldkey:${standing?.coldkey}`, limit: GENEROUS },
        { key: "route:/inference", limit: GENEROUS },
      ];
      if (!callers.take(charges, now).allowed) throw new Error("a caller was refused");
    }
    return ((performance.now() - started) * 1_000) / requests.length;
  };
}

async function enter(flat: readonly string[], policy: AuthPolicy) {
  const head = { method: "POST", target: TARGET, headers: pairRawHeaders(flat) };
  const pending = checkHeaders(head, policy, now);
  if (pending.kind !== "pending") throw new Error(`refused: ${pending.kind}`);
  const signed = await finish(pending, digest, isValid);
  if (signed.kind === "refused") throw new Error(signed.code);
  const spent = await spendNonce(signed, now);
  if (spent.kind === "refused") throw new Error(spent.code);
  return spent.principal;
}

/** Four buckets, charged at once. */
function limitsAlone(): Measure {
  const limiter = limiterMemory();
  let asked = 0;
  return eachOf(REQUESTS, () => {
    asked += 1;
    const sender = asked % SENDERS;
    const charge = (key: string) => ({ key, limit: GENEROUS });
    const others = [charge(`hotkey:${sender}`), charge(`coldkey:${sender}`), charge("route")];
    return limiter.take([charge(`ip:10.0.${asked % 255}.1`), ...others], now).remaining >= 0;
  });
}

function eachOf(count: number, work: () => boolean): Measure {
  return () => {
    const started = performance.now();
    for (let n = 0; n < count; n += 1) if (!work()) throw new Error("refused");
    return ((performance.now() - started) * 1_000) / count;
  };
}
