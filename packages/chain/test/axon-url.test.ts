import { toBlockNumber } from "@neurond/primitives";
import { expect, test } from "vitest";
import { axonUrl } from "../src/axon-url.ts";
import { isPrivateAddress } from "../src/private-address.ts";

const axon = (ip: string, port = 8092) => ({
  block: toBlockNumber(1),
  version: 1,
  ip,
  port,
  protocol: 4,
});

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "fd00::1",
  "fe80::1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "168.63.129.16",
  "::7f00:1",
  "2001:0:7f00:1::",
  "fec0::1",
])("an axon at %s is not asked, unless the operator says so", (ip) => {
  expect(axonUrl(axon(ip), false)).toBeNull();
  expect(axonUrl(axon(ip), true)).not.toBeNull();
});

test.each([
  ["203.0.114.7", "http://203.0.114.7:8092"],
  ["8.8.8.8", "http://8.8.8.8:8092"],
  ["172.32.0.1", "http://172.32.0.1:8092"],
  ["2606:4700::1", "http://[2606:4700::1]:8092"],
])("an axon at %s is asked there", (ip, url) => {
  expect(axonUrl(axon(ip), false)).toBe(url);
});

test("an axon that was never announced, or without a port, is nowhere", () => {
  expect(axonUrl(undefined, true)).toBeNull();
  expect(axonUrl(axon("203.0.114.7", 0), true)).toBeNull();
});

test.each(["localhost", "127.1", "", "0x7f000001"])(
  "%j is no address, so nobody goes there",
  (text) => {
    expect(isPrivateAddress(text)).toBe(true);
  },
);
