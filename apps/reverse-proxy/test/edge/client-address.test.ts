import { expect, test } from "vitest";
import { answer } from "../../src/edge/answer.ts";
import { plainAddress, TrustedHops } from "../../src/edge/client-address.ts";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS, type EdgeEvent, type EdgeSettings } from "../../src/edge/settings.ts";
import { sendRaw } from "../stage.ts";

async function open(settings: Partial<EdgeSettings>) {
  const events: EdgeEvent[] = [];
  const all = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, ...settings };
  const edge = await listenEdge(
    all,
    async (arrival) => answer(arrival, 200, {}, `${arrival.ip} ${arrival.secure}`),
    (event) => events.push(event),
  );
  return { edge, events, [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose]() };
}

const request = (more = "") => `GET / HTTP/1.1\r\nHost: m\r\nConnection: close\r\n${more}\r\n`;
const bodyOf = (answer: string) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

test("what X-Forwarded-For says counts only as far as hops of ours have written it", () => {
  const hops = new TrustedHops(["10.0.0.0/8", "::1"]);
  expect(hops.clientOf("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2")).toBe("1.2.3.4");
  expect(hops.clientOf("1.2.3.4", "6.6.6.6")).toBe("1.2.3.4");
  expect(hops.clientOf("10.0.0.1", undefined)).toBe("10.0.0.1");
  expect(hops.clientOf("10.0.0.1", "unknown")).toBe("10.0.0.1");
  expect(hops.clientOf("::1", "[2001:db8::7]:443")).toBe("2001:db8::7");
  expect(hops.clientOf("10.0.0.1", "1.2.3.4:5678")).toBe("1.2.3.4");
  expect(plainAddress("::ffff:1.2.3.4")).toBe("1.2.3.4");
});

test("a stranger's X-Forwarded-For and -Proto are nothing to us, a hop's are", async () => {
  const forwarded = request("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n");
  await using strange = await open({});
  expect(bodyOf(await sendRaw(strange.edge.port, forwarded))).toBe("127.0.0.1 false");
  await using known = await open({ trustedHops: ["127.0.0.0/8"] });
  expect(bodyOf(await sendRaw(known.edge.port, forwarded))).toBe("1.2.3.4 true");
});

const hop: Partial<EdgeSettings> = {
  proxyProtocol: true,
  trustedHops: ["127.0.0.1"],
  headersTimeoutMs: 200,
};

const v2 = (command: number, family: number, addresses: string, extra = "") => {
  const rest = Buffer.from(addresses + extra, "hex");
  const head = Buffer.from("0d0a0d0a000d0a515549540a00000000", "hex");
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(rest.length, 14);
  return Buffer.concat([head, rest]);
};
const V4 = "01020304 7f000001 1f90 0050".replaceAll(" ", "");
const V6 = `20010db8${"0".repeat(22)}07${"0".repeat(31)}11f900050`;

test.each([
  ["version 1, IPv4", "PROXY TCP4 1.2.3.4 127.0.0.1 5678 80\r\n", "1.2.3.4"],
  ["version 1, IPv6", "PROXY TCP6 2001:db8::7 ::1 5678 80\r\n", "2001:db8::7"],
  ["version 1, of the hop itself", "PROXY UNKNOWN\r\n", "127.0.0.1"],
  ["version 2, IPv4", v2(0x21, 0x11, V4), "1.2.3.4"],
  ["version 2, IPv4 and options", v2(0x21, 0x11, V4, "040000"), "1.2.3.4"],
  ["version 2, IPv6", v2(0x21, 0x21, V6), "2001:db8::7"],
  ["version 2, of the hop itself", v2(0x20, 0, ""), "127.0.0.1"],
])("a trusted hop says who the client is: %s", async (_name, header, ip) => {
  await using door = await open(hop);
  const bytes = Buffer.concat([Buffer.from(header), Buffer.from(request())]);
  expect(bodyOf(await sendRaw(door.edge.port, bytes))).toBe(`${ip} false`);
});

test.each([
  ["no header at all", request()],
  ["no address", "PROXY TCP4 nowhere 127.0.0.1 1 2\r\n"],
  ["the wrong family", "PROXY TCP6 1.2.3.4 127.0.0.1 1 2\r\n"],
  ["a line without end", `PROXY TCP4 ${"1".repeat(200)}`],
  ["a command that is none", v2(0x2f, 0x11, V4)],
  ["addresses that stop short", v2(0x21, 0x11, "01020304")],
  ["more options than any hop has", v2(0x21, 0x11, V4, "00".repeat(5000))],
  ["half a header", "PROXY TC"],
  ["nothing", ""],
])(
  "a hop that ought to say who the client is, and does not, is hung up on: %s",
  async (_name, bytes) => {
    await using door = await open(hop);
    expect(await sendRaw(door.edge.port, bytes)).toBe("");
    expect(door.events).toMatchObject([{ kind: "connection-refused", reason: "proxy-header" }]);
  },
);

test("a stranger's PROXY header is no request", async () => {
  await using door = await open({ ...hop, trustedHops: ["10.0.0.1"] });
  const answer = await sendRaw(door.edge.port, `PROXY TCP4 1.2.3.4 127.0.0.1 1 2\r\n${request()}`);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});
