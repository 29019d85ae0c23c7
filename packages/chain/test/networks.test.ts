import { describe, expect, test } from "vitest";
import { NETWORKS, resolveNetwork } from "../src/networks.ts";

const finney = "wss://entrypoint-finney.opentensor.ai:443";
const ENDPOINT = "BT_SUBTENSOR_CHAIN_ENDPOINT";

describe("one value", () => {
  test.each([
    ["finney", "finney", finney],
    ["test", "test", "wss://test.finney.opentensor.ai:443"],
    ["archive", "archive", "wss://archive.chain.opentensor.ai:443"],
    ["latent-lite", "latent-lite", "wss://lite.sub.latent.to:443"],
    ["local", "local", "ws://127.0.0.1:9944"],
    [" finney ", "finney", finney],
    ["ws://entrypoint-finney.opentensor.ai", "finney", finney],
    ["wss://entrypoint-finney.opentensor.ai:443/", "finney", finney],
    [
      "wss://entrypoint-finney.opentensor.ai.example",
      "unknown",
      "wss://entrypoint-finney.opentensor.ai.example",
    ],
    ["ws://localhost:9945", "local", "ws://localhost:9945"],
    ["ws://127.0.0.1:9944/", "local", "ws://127.0.0.1:9944"],
    ["ws://[::1]:9944", "local", "ws://[::1]:9944"],
    ["127.0.0.1:9944", "local", "ws://127.0.0.1:9944"],
    ["node.example:9944", "unknown", "ws://node.example:9944"],
    ["[2001:db8::1]:9944", "unknown", "ws://[2001:db8::1]:9944"],
    ["wss://node.example/v1?key=1", "unknown", "wss://node.example/v1?key=1"],
  ])("%j is %s", (value, name, endpoint) => {
    expect(resolveNetwork({ network: value, env: {} })).toMatchObject({ name, endpoint });
    expect(resolveNetwork({ endpoint: value, env: {} })).toMatchObject({ name, endpoint });
  });
});

test("explicit endpoint, explicit network, endpoint variable, network variable, finney: in this order", () => {
  const env = {
    [ENDPOINT]: "ws://variable.example",
    BT_CHAIN_ENDPOINT: "ws://newer.example",
    BT_SUBTENSOR_NETWORK: "test",
    BT_NETWORK: "archive",
  };
  const endpointOf = (request: object) => resolveNetwork({ env, ...request }).endpoint;
  const explicit = { endpoint: "ws://given.example", network: "archive" };
  expect(endpointOf(explicit)).toBe("ws://given.example");
  expect(endpointOf({ network: "archive" })).toBe(NETWORKS["archive"]?.endpoint);
  expect(endpointOf({})).toBe("ws://variable.example");
  expect(endpointOf({ env: { ...env, [ENDPOINT]: "" } })).toBe("ws://newer.example");
  expect(
    resolveNetwork({ env: { BT_SUBTENSOR_NETWORK: "test", BT_NETWORK: "archive" } }).name,
  ).toBe("test");
  expect(resolveNetwork({ env: {} }).name).toBe("finney");
});

test("a name has its fallback pool, a spelled-out endpoint has none", () => {
  expect(resolveNetwork({ network: "finney", env: {} }).fallbacks).toEqual([
    "wss://lite.chain.opentensor.ai:443",
    "wss://lite.sub.latent.to:443",
  ]);
  expect(resolveNetwork({ network: finney, env: {} }).fallbacks).toEqual([]);
});

test("local follows the endpoint variable, but never to a public network", () => {
  const local = (value: string) => resolveNetwork({ network: "local", env: { [ENDPOINT]: value } });
  expect(local("ws://devbox:9945")).toMatchObject({ name: "local", endpoint: "ws://devbox:9945" });
  for (const value of [finney, "finney", "local"]) {
    expect(local(value)).toMatchObject({ name: "local", endpoint: "ws://127.0.0.1:9944" });
  }
});

test.each([
  ["finny", "NETWORK_UNKNOWN"],
  ["", "NETWORK_UNKNOWN"],
  ["toString", "NETWORK_UNKNOWN"],
  ["https://node.example", "ENDPOINT_INVALID"],
  ["ws://", "ENDPOINT_INVALID"],
])("%j is refused", (network, code) => {
  expect(() => resolveNetwork({ network, env: {} })).toThrow(expect.objectContaining({ code }));
});

test("an unknown name is answered with the names that are known", () => {
  expect(() => resolveNetwork({ network: "main", env: {} })).toThrow(
    /finney, test, archive, local, latent-lite/,
  );
});
