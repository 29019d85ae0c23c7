import { expect, test } from "vitest";
import { checkedAddresses, checkedFetch, nameResolver } from "../io/index.ts";
import { serveHttps } from "./support/https-server.ts";
import { serveNames } from "./support/name-server.ts";

const signal = new AbortController().signal;

test("a name brings all its addresses, of both kinds", async () => {
  const { server } = await serveNames({ "miner.example": ["203.0.114.7", "2606:4700::1"] });
  const found = await nameResolver([server])("miner.example", signal);
  expect([...found].sort()).toEqual(["203.0.114.7", "2606:4700::1"]);
});

test("a name that does not exist brings none", async () => {
  const { server } = await serveNames({});
  expect(await nameResolver([server])("miner.example", signal)).toEqual([]);
});

test("a name server that points into somebody's network is not followed", async () => {
  const { server } = await serveNames({
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:a9fe:a9fe"],
    "mixed.example": ["203.0.114.7", "fd00::1"],
  });
  const resolve = nameResolver([server]);
  for (const name of ["metadata.example", "mapped.example", "mixed.example"]) {
    await expect(checkedAddresses(name, { resolve }, signal)).rejects.toMatchObject({
      code: "ADDRESS_PRIVATE",
    });
  }
});

test("a name server that keeps silent is left when the signal says so", async () => {
  const { server } = await serveNames({});
  const asking = nameResolver([server])("slow.example", AbortSignal.timeout(50));
  await expect(asking).rejects.toMatchObject({ name: "TimeoutError" });
});

test("a fetch asks for each name once, and connects to the answer", async () => {
  const { server, asked } = await serveNames({ "miner.example": ["127.0.0.1"] });
  const { port, ca } = await serveHttps((_, response) => response.end("hello"));
  const fetch = checkedFetch({ ca, allowPrivate: true, resolve: nameResolver([server]) });
  const response = await fetch(new URL(`https://miner.example:${port}/`));
  expect(await response.text()).toBe("hello");
  expect(asked).toEqual(["miner.example", "miner.example"]); // A and AAAA
});
