import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { drandKeyFromSeed, signRound } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { expect, onTestFinished, test } from "vitest";
import { readRound } from "../io/read-round.ts";

const ROUND = 24_807_533;
const beacon = drandKeyFromSeed(new Uint8Array(32).fill(1));
const other = drandKeyFromSeed(new Uint8Array(32).fill(2));
const hash = new Uint8Array(32).fill(3);
const { signal } = new AbortController();

/** A chain whose pallet keeps one round or none. */
const chainWith = (pulse?: Uint8Array) => ({
  storage: async (_pallet: string, item: string) =>
    item === "BeaconConfig"
      ? { public_key: beacon.publicKey, hash }
      : pulse && { round: BigInt(ROUND), signature: toHex(pulse) },
});

/** Drand's HTTP API, as whoever has the key serves it. */
async function served(secret: Uint8Array): Promise<string> {
  const server = createServer(({ url }, response) => {
    const isThis = url === `/${toHex(hash).slice(2)}/public/${ROUND}`;
    const signature = toHex(signRound(secret, ROUND)).slice(2);
    response.writeHead(isThis ? 200 : 404).end(JSON.stringify({ round: ROUND, signature }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (beacons: readonly string[], pulse?: Uint8Array) =>
  readRound(chainWith(pulse), ROUND, { beacons, http: { timeoutMs: 5_000, busyMs: 100 } }, signal);

test("a round is taken from the chain, and from drand where the chain has a gap", async () => {
  const signature = signRound(beacon.secret, ROUND);
  const found = { beaconKey: beacon.publicKey, signature };
  expect(await ask([], signature)).toEqual(found);
  expect(await ask([await served(beacon.secret)])).toEqual(found);
  expect(await ask([])).toBeNull();
});

test("who serves rounds of another beacon is not believed, and the next is asked", async () => {
  const [liar, honest] = [await served(other.secret), await served(beacon.secret)];
  expect(await ask([liar])).toBeNull();
  expect((await ask([liar, honest]))?.signature).toEqual(signRound(beacon.secret, ROUND));
});
