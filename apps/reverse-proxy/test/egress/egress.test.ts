import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RawHeaders } from "@neurond/epistula";
import type { ResolveName } from "@neurond/registry/io";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkBodyUrls } from "../../src/egress/check-body-urls.ts";
import { readUrl } from "../../src/egress/check-url.ts";
import { egressFetch } from "../../src/egress/egress-fetch.ts";
import { EGRESS_DEFAULTS, type EgressSettings } from "../../src/egress/settings.ts";
import { exchangeOf } from "../upstream/exchange.ts";

const NAMES: Record<string, readonly string[]> = {
  "miner.example.com": ["93.184.216.34"],
  "rebind.example.com": ["93.184.216.34", "10.0.0.7"],
  "metadata.example.com": ["169.254.169.254"],
};
const resolve: ResolveName = async (name) => NAMES[name] ?? [];

async function judge(
  value: unknown,
  settings: Partial<EgressSettings> = {},
  headers: RawHeaders = [],
) {
  const bytes = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  const policy = checkBodyUrls({
    settings: { ...EGRESS_DEFAULTS, ...settings },
    fieldsOf: () => ["callback_url", "image_url"],
    resolve,
  });
  const held = {
    kind: "held",
    body: { kind: "memory", bytes },
    sizeBytes: bytes.length,
    sha256: Buffer.alloc(32),
    release: () => undefined,
  } as const;
  return policy.judge({ exchange: exchangeOf({ headers }), held });
}
const callback = (callback_url: unknown) => ({ prompt: "a cat", callback_url });

test("a request that names public URLs, or none, goes on", async () => {
  expect(await judge(callback("https://miner.example.com/results"))).toBeUndefined();
  expect(await judge(callback("http://93.184.216.34:8080/x?y=1"))).toBeUndefined();
  for (const value of [{}, callback(null), callback("")])
    expect(await judge(value)).toBeUndefined();
});

test("a URL that leads into a network of ours is refused, however it is written", async () => {
  for (const host of [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[fd00::1]",
    "10.0.0.1",
    "192.168.1.1:9200",
    "169.254.169.254",
    "metadata.example.com",
    "rebind.example.com",
    "0.0.0.0",
    "[64:ff9b::7f00:1]",
  ])
    expect(await judge(callback(`http://${host}/latest/meta-data`)), host).toMatchObject({
      status: 422,
      code: "URL_NOT_ALLOWED",
    });
});

test("a URL that parsers read differently, or of another scheme, is refused", async () => {
  for (const url of [
    "http://miner.example.com\\@10.0.0.1/",
    "http://user:pw@miner.example.com/",
    "http://miner.example.com@10.0.0.1/",
    "http://miner.example.com /",
    "http://miner.example.com\r\nHost: x",
    "http://mıner.example.com/",
    "file:///etc/passwd",
    "gopher://miner.example.com/",
    "//miner.example.com/",
    "miner.example.com",
    `https://miner.example.com/${"x".repeat(2_100)}`,
  ])
    expect(await judge(callback(url)), url).toMatchObject({ code: "URL_NOT_ALLOWED" });
});

test("what is told about a refused name does not say where it leads", async () => {
  const deny = await judge(callback("http://rebind.example.com/"));
  expect(deny?.detail).toBe("callback_url leads to an address that is not public");
});

test("every field and every URL of a list is looked at", async () => {
  const fine = "https://miner.example.com/";
  expect(await judge({ callback_url: fine, image_url: "http://10.0.0.1/" })).toMatchObject({
    detail: expect.stringMatching(/^image_url /),
  });
  expect(await judge({ image_url: [fine, "http://10.0.0.1/"] })).toBeDefined();
  expect(await judge({ image_url: [fine, fine] })).toBeUndefined();
  expect(await judge({ image_url: Array(17).fill(fine) })).toBeDefined();
});

test("a body that cannot be looked into is refused", async () => {
  expect(await judge("not json, callback_url")).toBeDefined();
  expect(await judge("not json")).toBeUndefined();
  expect(await judge([callback("http://10.0.0.1/")])).toBeDefined();
  expect(await judge(callback({ url: "http://10.0.0.1/" }))).toBeDefined();
  expect(await judge(callback(7))).toBeDefined();
  expect(await judge({}, {}, [["Content-Encoding", "gzip"]])).toBeDefined();
  expect(
    await judge(callback("https://miner.example.com/"), { maxInspectBytes: 10 }),
  ).toBeDefined();
  const utf16 = Buffer.from(JSON.stringify(callback("http://10.0.0.1/")), "utf16le");
  expect(await judge(utf16.toString("latin1"))).toBeDefined();
});

test("with a list of hosts nothing else is reached, nor other ports and schemes", async () => {
  const settings = {
    ...EGRESS_DEFAULTS,
    allowHosts: ["api.example.com", ".example.org"],
    schemes: ["https"] as const,
    ports: [443],
  };
  const allowed = (url: string) => readUrl(url, settings) instanceof URL;
  expect(
    ["https://api.example.com/", "https://API.example.com./", "https://a.b.example.org/"].map(
      allowed,
    ),
  ).toEqual([true, true, true]);
  for (const url of [
    "https://example.org/",
    "https://api.example.com.evil.com/",
    "https://evilexample.org/",
    "http://api.example.com/",
    "https://api.example.com:8443/",
  ])
    expect(allowed(url), url).toBe(false);
});

test("no address of a private network gets through in any notation of IPv4", async () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const inside = fc.oneof(
    fc.tuple(fc.constant(10), byte, byte, byte),
    fc.tuple(fc.constant(127), byte, byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  );
  const notation = fc.constantFrom("dotted", "number", "hex", "mapped");
  await fc.assert(
    fc.asyncProperty(inside, notation, async (bytes, kind) => {
      const number = bytes.reduce((sum, part) => sum * 256 + part, 0);
      const host = {
        dotted: bytes.join("."),
        number: String(number),
        hex: `0x${number.toString(16)}`,
        mapped: `[::ffff:${bytes.join(".")}]`,
      }[kind];
      expect(await judge(callback(`http://${host}/`))).toBeDefined();
    }),
  );
});

test("a URL of ours to follow is connected to the address that was checked", async () => {
  const server = createServer((request, response) => response.end(request.headers.host));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://telemetry.example.com:${port}/`);
  const here: ResolveName = async () => ["127.0.0.1"];
  const open = egressFetch({ ...EGRESS_DEFAULTS, allowPrivate: true }, here);
  expect(await (await open(url)).text()).toBe(`telemetry.example.com:${port}`);
  await expect(egressFetch(EGRESS_DEFAULTS, here)(url)).rejects.toMatchObject({
    code: "ADDRESS_PRIVATE",
  });
  const listed = { ...EGRESS_DEFAULTS, allowPrivate: true, allowHosts: ["other.example.com"] };
  await expect(egressFetch(listed, here)(url)).rejects.toMatchObject({ code: "URL_NOT_ALLOWED" });
  server.close();
  await once(server, "close");
});
