import { keypairFromUri } from "@neurond/crypto";
import { READY_NETUID, startDevnet } from "@neurond/devnet";
import { expect, test } from "vitest";
import { chainReader } from "../src/chain-reader.ts";
import { charlie, openBackend, openProxy, settingsFor } from "./harness.ts";

test("validators of a subnet are known from its chain, and others are not let in", async () => {
  const devnet = await startDevnet({ preset: "subnet", blockTimeMs: 250 });
  try {
    await using backend = await openBackend();
    await using chain = chainReader(devnet.url, {});
    const raw = { auth: { allowed_senders: [] }, policy: { netuid: READY_NETUID, minStake: "1" } };
    const { proxy, call } = await openProxy(settingsFor(backend.url, raw), {
      readSubnet: chain.read,
    });
    await using _ = proxy;
    const target = "/sync/inference";
    const key = keypairFromUri("//Validator1");
    expect(await call({ target, key })).toMatchObject({
      status: 503,
      json: { code: "METAGRAPH_UNAVAILABLE" },
    });
    const stop = new AbortController();
    const run = proxy.run(stop.signal);
    await expect
      .poll(async () => (await call({ target, key })).status, { timeout: 20_000 })
      .toBe(200);
    expect(await call({ target, key: charlie })).toMatchObject({
      status: 403,
      json: { code: "NOT_REGISTERED" },
    });
    const miner = await call({ target, key: keypairFromUri("//Miner1") });
    expect(miner).toMatchObject({ status: 403 });
    stop.abort();
    await run;
  } finally {
    await devnet.close();
  }
});
