import { toNetuid } from "@neurond/primitives";
import { expect, test } from "vitest";
import { openProxy, settingsFor, subnetOf } from "./harness.ts";

test("the age of the view of a subnet is that of the moment it is asked for", async () => {
  let now = Date.now();
  const settings = settingsFor("http://127.0.0.1:1", { policy: { netuid: 2 } });
  const { proxy } = await openProxy(settings, {
    readSubnet: async () => subnetOf({ "//Alice": 1n }, 2),
    now: () => now,
  });
  await using _ = proxy;
  const age = async () => {
    const response = await fetch(new URL("/metrics", proxy.metricsUrl ?? ""));
    return /^neuron_proxy_metagraph_age_seconds\{.*netuid="2".*\} (\S+)$/m.exec(
      await response.text(),
    )?.[1];
  };
  expect(await age()).toBe("+Inf");
  const over = new AbortController();
  const running = proxy.run(over.signal);
  await expect.poll(() => proxy.subnets.current(toNetuid(2))).toBeDefined();
  now += 30_000;
  expect(Number(await age())).toBe(30);
  over.abort();
  await running;
});
