import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { checkedFetch } from "@neurond/registry/io";
import { rejectionCode } from "@neurond/testing/coded";
import { describe, expect, it, onTestFinished } from "vitest";
import { download } from "../io/source/download.ts";
import { temporary } from "./world.ts";

const BODY = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
const SHA = createHash("sha256").update(BODY).digest("hex");
const signal = AbortSignal.timeout(30_000);
const asking = {
  fetch: checkedFetch({ allowPrivate: true }),
  pace: { headersMs: 5_000, bodyMs: 5_000, minBytesPerSecond: 1, windowMs: 5_000 },
  patience: { attempts: 3, firstDelayMs: 1 },
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback, and the ranges it was asked for. */
async function serve(answer: Answer): Promise<{ url: URL; ranges: (string | null)[] }> {
  const ranges: (string | null)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? null);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/file`), ranges };
}

/** Answers ranges as servers do. */
const ranged: Answer = ({ headers }, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (start >= BODY.length) return void response.writeHead(416).end();
  const range = { "content-range": `bytes ${start}-${BODY.length - 1}/${BODY.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : {}).end(BODY.subarray(start));
};

describe("a download", () => {
  it("goes on where another process left off, and hashes all of it", async () => {
    const { url, ranges } = await serve(ranged);
    const file = join(temporary(), "a", "file");
    const fresh = await download(asking, url, { file, maxBytes: 5_000 }, signal);
    expect(fresh).toEqual({ sha256: SHA, sizeBytes: 5_000 });
    const second = `${file}2`;
    writeFileSync(`${second}.part`, BODY.subarray(0, 1_234));
    expect(await download(asking, url, { file: second, maxBytes: 5_000 }, signal)).toEqual(fresh);
    expect(ranges).toEqual([null, "bytes=1234-"]);
    expect(readFileSync(second)).toEqual(BODY);
    expect(existsSync(`${second}.part`)).toBe(false);
  });

  it("begins anew where the server knows no ranges, or has another file than the one that was begun", async () => {
    const whole = await serve((_, response) => void response.end(BODY));
    const file = join(temporary(), "file");
    writeFileSync(`${file}.part`, "something else");
    const limits = { file, maxBytes: 5_000 };
    expect((await download(asking, whole.url, limits, signal)).sha256).toBe(SHA);
    const other = await serve(ranged);
    writeFileSync(`${file}.part`, Buffer.alloc(9_000));
    const longer = await download(asking, other.url, { file, maxBytes: 9_000 }, signal);
    expect([longer.sha256, other.ranges]).toEqual([SHA, ["bytes=9000-", null]]);
  });

  it.each<[string, Answer, string, number]>([
    ["a length above the limit", (_, response) => void response.end(BODY), "BODY_TOO_LARGE", 1],
    ["no such file", (_, response) => void response.writeHead(404).end(), "SOURCE_MISSING", 1],
    ["a redirect", (_, response) => void response.writeHead(302).end(), "SOURCE_REFUSED", 1],
    ["a fault", (_, response) => void response.writeHead(500).end(), "SOURCE_UNREACHABLE", 3],
    ["an end before the end", (_, response) => void response.destroy(), "SOURCE_UNREACHABLE", 3],
    [
      "an encoding nobody asked for",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
      "SOURCE_REFUSED",
      1,
    ],
  ])("of %s ends with its code, and leaves no file", async (_, answer, code, requests) => {
    const { url, ranges } = await serve(answer);
    const file = join(temporary(), "file");
    const work = download(asking, url, { file, maxBytes: 1_000 }, signal);
    expect(await rejectionCode(work)).toBe(code);
    expect([ranges.length, existsSync(file)]).toEqual([requests, false]);
  });
});
