import { createHash } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { BTAUTH, EPISTULA, verifyBtauthResponse, verifyEpistulaResponse } from "@neurond/epistula";
import { hotkeyOf } from "@neurond/primitives";
import { expect, test, vi } from "vitest";
import { heartbeatSink } from "../../src/forward/heartbeat-sink.ts";
import { provingSink, WANT_PROOF } from "../../src/forward/proving-sink.ts";
import type { ResponseSink } from "../../src/forward/sink.ts";
import { alice, MINER } from "../stage.ts";
import { exchangeOf } from "../upstream/exchange.ts";

const SENDER = hotkeyOf(alice.publicKey);
const miner = keypairFromUri("//Bob");
const UUID = "3f2b8c1a-9d4e-4f60-8b7a-1c2d3e4f5a6b";
const TIMESTAMP = "1730000001234";

/** Keeps what passes. */
class Record implements ResponseSink {
  readonly said: string[] = [];
  headers: readonly string[] = [];
  trailers: readonly string[] = [];
  start(status: number, headers: readonly string[]) {
    this.said.push(`start ${status}`);
    this.headers = headers;
  }
  write(chunk: Buffer) {
    this.said.push(String(chunk));
    return true;
  }
  onDrain() {}
  end(trailers: readonly string[]) {
    this.said.push("end");
    this.trailers = trailers;
  }
  fail(failure: string) {
    this.said.push(`fail ${failure}`);
  }
}

function askedFor(scheme: "epistula/2" | "btauth/1", wanted = "1") {
  const exchange = exchangeOf({ hotkey: SENDER });
  const { principal, request } = exchange;
  if (principal === null) throw new Error("nobody asked");
  request.headers[WANT_PROOF] = wanted;
  request.headers["epistula-timestamp"] = TIMESTAMP;
  const nonce = scheme === "btauth/1" ? "1730000001234000000" : UUID;
  return { ...exchange, principal: { ...principal, scheme, nonce, receiver: MINER } };
}

const keyOf = () => miner;
const of = (flat: readonly string[], name: string) => flat[flat.indexOf(name) + 1] ?? "";
const digest = (text: string) => createHash("sha256").update(text).digest();

test("a short answer is signed in its header, over its bytes", async () => {
  const record = new Record();
  const sink = provingSink(record, askedFor("epistula/2"), keyOf);
  sink.start(200, ["content-length", "4", "x-a", "b", "epistula-response-signature", "0xforged"]);
  sink.write(Buffer.from("bo"));
  sink.write(Buffer.from("dy"));
  sink.end([]);
  expect(record.said).toEqual(["start 200", "bo", "dy", "end"]);
  expect(record.headers).not.toContain("0xforged");
  const signature = of(record.headers, EPISTULA.responseSignature);
  const response = { uuid: UUID, timestamp: TIMESTAMP, responder: MINER };
  const proves = (text: string) =>
    verifyEpistulaResponse({ ...response, bodySha256: digest(text) }, signature);
  expect(await proves("body")).toBe(true);
  expect(await proves("bodY")).toBe(false);
});

test("a stream is signed in its trailer, and its length taken back", async () => {
  const record = new Record();
  const sink = provingSink(record, askedFor("btauth/1"), keyOf);
  sink.start(201, ["content-type", "text/plain", "content-length", "70000"]);
  sink.write(Buffer.from("first"));
  expect(record.said).toEqual(["start 201", "first"]);
  sink.end(["x-sum", "1"]);
  expect(record.headers).toEqual([
    "content-type",
    "text/plain",
    "trailer",
    BTAUTH.responseSignature,
  ]);
  expect(record.trailers.slice(0, 2)).toEqual(["x-sum", "1"]);
  const signature = of(record.trailers, BTAUTH.responseSignature);
  const response = { nonce: "1730000001234000000", requester: SENDER, responder: MINER };
  const bodySha256 = digest("first");
  expect(await verifyBtauthResponse({ ...response, status: 201, bodySha256 }, signature)).toBe(
    true,
  );
  expect(await verifyBtauthResponse({ ...response, status: 200, bodySha256 }, signature)).toBe(
    false,
  );
});

test("nothing changes for who does not ask, or where there is no key; nothing is proven of half", () => {
  const record = new Record();
  expect(provingSink(record, askedFor("epistula/2", "0"), keyOf)).toBe(record);
  expect(provingSink(record, askedFor("epistula/2"), () => undefined)).toBe(record);
  expect(provingSink(record, exchangeOf(), keyOf)).toBe(record);
  const sink = provingSink(record, askedFor("epistula/2"), keyOf);
  sink.start(200, ["content-length", "9"]);
  sink.write(Buffer.from("half"));
  sink.fail("broken");
  expect(record.said).toEqual(["fail broken"]);
});

test("a silent event stream is kept awake between events, and never within one", () => {
  vi.useFakeTimers();
  const record = new Record();
  const sink = heartbeatSink(record, 15_000);
  sink.start(200, ["content-type", "text/event-stream"]);
  vi.advanceTimersByTime(15_000);
  sink.write(Buffer.from("data: 1\n"));
  vi.advanceTimersByTime(60_000);
  sink.write(Buffer.from("\n"));
  vi.advanceTimersByTime(14_000);
  sink.write(Buffer.from("data: 2\n\n"));
  vi.advanceTimersByTime(30_000);
  sink.end([]);
  vi.advanceTimersByTime(60_000);
  const beat = ":\n\n";
  expect(record.said).toEqual([
    "start 200",
    beat,
    "data: 1\n",
    "\n",
    "data: 2\n\n",
    beat,
    beat,
    "end",
  ]);
  vi.useRealTimers();
});

test.each([
  [["content-type", "application/json"]],
  [["content-type", "text/event-stream", "content-encoding", "gzip"]],
])("an answer that is no plain event stream is left alone: %s", (headers) => {
  vi.useFakeTimers();
  const record = new Record();
  const sink = heartbeatSink(record, 1_000);
  sink.start(200, headers);
  vi.advanceTimersByTime(10_000);
  expect(record.said).toEqual(["start 200"]);
  vi.useRealTimers();
});
