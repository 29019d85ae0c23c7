import { readdir } from "node:fs/promises";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { verifySr25519 } from "@neurond/crypto";
import { receiptDigest } from "@neurond/workload-storage";
import { shardNameOf, shardPath } from "@neurond/workload-storage/io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countersignature,
  get,
  headersOf,
  lucky,
  minerKey,
  nameOf,
  type Offer,
  offer,
  other,
  put,
  send,
  serveMiner,
  stranger,
  type TestMiner,
  targetOf,
  until,
  validator,
} from "./harness.ts";

let at: TestMiner;
beforeAll(async () => {
  at = await serveMiner();
});
afterAll(() => at[Symbol.asyncDispose]());

const incoming = () => readdir(join(at.directory, "incoming"));

/** A request written by hand, to send what no client of ours would. */
function raw(
  options: { method: string; target: string; headers: Record<string, string | number> },
  { miner }: TestMiner = at,
): { request: ClientRequest; answer: Promise<IncomingMessage> } {
  const { method, target: path, headers } = options;
  const { hostname: host, port } = new URL(miner.url);
  const request = httpRequest({ host, port, method, path, headers });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject);
  });
  answer.catch(() => undefined);
  return { request, answer };
}

describe("storing a shard", () => {
  it("answers with our signature once it is on disk, and gives the same bytes back", async () => {
    const shard = offer(100_000);
    const answer = await put(at, shard);
    expect(answer.status).toBe(200);
    const signature = countersignature(answer.body);
    expect(verifySr25519(minerKey.publicKey, receiptDigest(shard.receipt), signature)).toBe(true);
    const back = await get(at, shard, other);
    expect(Buffer.from(back.body)).toEqual(Buffer.from(shard.bytes));
  });

  it("answers a repeated upload with the same signature, and renews a longer one", async () => {
    const shard = offer(5_000);
    const first = await put(at, shard);
    const second = await put(at, shard);
    expect(Buffer.from(second.body)).toEqual(Buffer.from(first.body));
    const renewed = { ...shard.receipt, expiresBlock: 500 };
    const third = await put(at, { ...shard, receipt: renewed, target: targetOf(renewed) });
    expect(third.status).toBe(200);
    expect(at.shards.get(shardNameOf(renewed.shardId))?.receipt.expiresBlock).toBe(500);
    expect(await put(at, shard)).toMatchObject({ status: 409, code: "SHARD_STORED" });
  });

  it("keeps what is stored when other bytes or another validator want its place", async () => {
    const shard = offer(5_000);
    await put(at, shard);
    const changed = offer(5_000, { shardId: shard.receipt.shardId });
    expect(await put(at, changed)).toMatchObject({ status: 409, code: "SHARD_STORED" });
    const foreign = { ...shard.receipt, validator: nameOf(other), expiresBlock: 900 };
    const taking = { ...shard, receipt: foreign, target: targetOf(foreign, other) };
    expect(await put(at, taking, other)).toMatchObject({ status: 409, code: "SHARD_FOREIGN" });
    expect(Buffer.from((await get(at, shard)).body)).toEqual(Buffer.from(shard.bytes));
  });

  it("refuses a receipt that is not for us, for these bytes, or signed by its validator", async () => {
    const refused = async (shard: ReturnType<typeof offer>, key = validator) =>
      (await put(at, shard, key)).code;
    expect(await refused(offer(10, { miner: nameOf(stranger) }))).toBe("RECEIPT_INVALID");
    expect(await refused(offer(10, { expiresBlock: 1 }))).toBe("RECEIPT_INVALID");
    expect(await refused(offer(10, { size: 11 }))).toBe("SIZE_MISMATCH");
    expect(await refused(offer(10, { size: 5_000_000 }))).toBe("SHARD_TOO_LARGE");
    expect(await refused(offer(10, { validator: nameOf(other) }))).toBe("RECEIPT_INVALID");
    const shard = offer(10);
    const elsewhere = { ...shard, target: shard.target.replace(/[0-9a-f]{64}/, "0".repeat(64)) };
    expect(await refused(elsewhere)).toBe("RECEIPT_INVALID");
    expect(
      await refused({ ...shard, target: shard.target.replace("shards/", "shards/..%2f") }),
    ).toBe("SHARD_ID_INVALID");
  });

  it("refuses a wrong root, leaves nothing behind, and takes the right bytes later", async () => {
    const shard = offer(70_000);
    const wrong = { ...shard.receipt, root: new Uint8Array(32).fill(7) };
    const announced = { ...shard, receipt: wrong, target: targetOf(wrong) };
    expect(await put(at, announced)).toMatchObject({ status: 422, code: "ROOT_MISMATCH" });
    expect(await get(at, shard)).toMatchObject({ status: 404, code: "SHARD_MISSING" });
    expect(await incoming()).toEqual([]);
    expect((await put(at, shard)).status).toBe(200);
  });

  it("keeps nothing of an upload whose signature covers other bytes", async () => {
    const shard = offer(50_000);
    const headers = headersOf({ method: "PUT", target: shard.target, body: Buffer.from("other") });
    const { request, answer } = raw({
      method: "PUT",
      target: shard.target,
      headers: { ...headers, "content-type": "application/octet-stream", "content-length": 50_000 },
    });
    request.end(shard.bytes);
    expect((await answer).statusCode).toBe(401);
    expect(await get(at, shard)).toMatchObject({ status: 404 });
    expect(await incoming()).toEqual([]);
  });

  it("keeps nothing of an upload that another validator sends with a stolen receipt", async () => {
    const shard = offer(2_000);
    expect(await put(at, shard, other)).toMatchObject({ status: 403, code: "CALLER_WRONG" });
    expect(await get(at, shard)).toMatchObject({ status: 404 });
  });

  it("keeps nothing when the validator leaves in the middle, and takes the shard again", async () => {
    const shard = offer(1_000_000);
    const headers = headersOf({ method: "PUT", target: shard.target, body: shard.bytes });
    const { request } = raw({
      method: "PUT",
      target: shard.target,
      headers: {
        ...headers,
        "content-type": "application/octet-stream",
        "content-length": shard.bytes.length,
      },
    });
    request.on("error", () => undefined);
    request.write(shard.bytes.subarray(0, 600_000));
    while ((await incoming()).length === 0) await sleep(10);
    request.destroy();
    while ((await incoming()).length > 0) await sleep(10);
    expect(await get(at, shard)).toMatchObject({ status: 404 });
    // Until the last of it is removed the shard counts as arriving: 409.
    await expect.poll(async () => (await put(at, shard)).status).toBe(200);
  });
});

/** An upload that begins, and then hangs on. */
function hang(shard: Offer, to: TestMiner) {
  const headers = {
    ...headersOf({ method: "PUT", target: shard.target, body: shard.bytes }),
    "content-type": "application/octet-stream",
    "content-length": shard.bytes.length,
  };
  const begun = raw({ method: "PUT", target: shard.target, headers }, to);
  begun.request.on("error", () => undefined);
  begun.request.write(shard.bytes.subarray(0, 10));
  return begun;
}

describe("an upload that does not end", () => {
  it("is ended at its deadline, and leaves nothing", async () => {
    await using slow = await serveMiner({ storage: { uploadSeconds: 0.3 } });
    const { answer } = hang(offer(100_000), slow);
    const { statusCode, headers } = await answer;
    expect([statusCode, headers.connection]).toEqual([408, "close"]);
    expect(await readdir(join(slow.directory, "incoming"))).toEqual([]);
  });

  it("takes one of so many places; whoever comes when others wait already is told at once", async () => {
    await using narrow = await serveMiner({ storage: { uploadsAtOnce: 1 } });
    const hanging = Array.from({ length: 9 }, () => hang(offer(100_000), narrow));
    await sleep(200);
    expect(await put(narrow, offer(1_000))).toMatchObject({ status: 503, code: "BUSY" });
    for (const { request } of hanging) request.destroy();
    await sleep(200);
    expect((await put(narrow, offer(1_000))).status).toBe(200);
  });
});

describe("a body that is too large", () => {
  it("is refused by its announced length before it is read", async () => {
    const shard = offer(1_000);
    const body = Buffer.alloc(0);
    const { request, answer } = raw({
      method: "PUT",
      target: shard.target,
      headers: {
        ...headersOf({ method: "PUT", target: shard.target, body }),
        "content-type": "application/octet-stream",
        "content-length": 1_000_000_000,
      },
    });
    request.flushHeaders();
    const { statusCode, headers } = await answer;
    expect([statusCode, headers.connection]).toEqual([413, "close"]);
  });

  it("is cut off where it exceeds its receipt when it comes without a length", async () => {
    const shard = offer(100_000);
    const { request, answer } = raw({
      method: "PUT",
      target: shard.target,
      headers: {
        ...headersOf({ method: "PUT", target: shard.target, body: shard.bytes }),
        "content-type": "application/octet-stream",
        "transfer-encoding": "chunked",
      },
    });
    let sent = 0;
    let gone = false;
    request
      .on("error", () => undefined)
      .on("close", () => {
        gone = true;
      });
    const flood = (async () => {
      const chunk = Buffer.alloc(1_048_576);
      while (!gone && sent < 1_000_000_000) {
        sent += chunk.length;
        if (!request.write(chunk)) await Promise.race([once(request), sleep(5)]);
      }
    })();
    const status = await answer.then(
      ({ statusCode }) => statusCode,
      () => "connection closed",
    );
    request.destroy();
    await flood;
    expect([422, "connection closed"]).toContain(status);
    expect(sent).toBeLessThan(100_000_000);
    expect(await get(at, shard)).toMatchObject({ status: 404 });
    expect(await incoming()).toEqual([]);
  });
});

function once(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => request.once("drain", () => resolve()));
}

describe("callers", () => {
  it("without a permit, unknown or unsigned, get nothing", async () => {
    const shard = offer(100);
    await put(at, shard);
    expect(await get(at, shard, stranger)).toMatchObject({ status: 403, code: "NOT_REGISTERED" });
    const byMiner = await send(
      at,
      { method: "GET", target: shardPath(shard.receipt.shardId) },
      minerKey,
    );
    expect(byMiner).toMatchObject({ status: 403, code: "NO_PERMIT" });
    expect(await get(at, shard, lucky)).toMatchObject({ status: 403, code: "LOW_STAKE" });
    const unsigned = await fetch(new URL(shardPath(shard.receipt.shardId), at.miner.url));
    expect(unsigned.status).toBe(401);
  });

  it("cannot replay, post-date or carry a request to another route or miner", async () => {
    const shard = offer(100);
    await put(at, shard);
    const target = shardPath(shard.receipt.shardId);
    const body = Buffer.alloc(0);
    const statusOf = async (headers: Record<string, string>, method = "GET", path = target) => {
      const response = await fetch(new URL(path, at.miner.url), { method, headers });
      const text = await response.text();
      return response.ok ? response.status : (JSON.parse(text).code as string);
    };
    const signed = headersOf({ method: "GET", target, body });
    expect(await statusOf(signed)).toBe(200);
    expect(await statusOf(signed)).toBe("REPLAY");
    const late = headersOf({ method: "GET", target, body }, { at: Date.now() + 60_000 });
    expect(await statusOf(late)).toBe("FUTURE");
    const old = headersOf({ method: "GET", target, body }, { at: Date.now() - 60_000 });
    expect(await statusOf(old)).toBe("STALE");
    const carried = headersOf({ method: "GET", target, body });
    expect(await statusOf(carried, "DELETE")).toBe("BAD_SIGNATURE");
    const misled = headersOf({ method: "GET", target, body }, { receiver: nameOf(other) });
    expect(await statusOf(misled)).toBe("WRONG_RECEIVER");
    // Epistula alone signs the body and nothing of the target, unless it is bound to it.
    const unbound = headersOf({ method: "GET", target, body }, { schemes: ["epistula"] });
    expect(await statusOf(unbound)).toBe("MISSING_HEADERS");
    expect((await get(at, shard)).status).toBe(200);
  });

  it("delete only what is held for them", async () => {
    const shard = offer(100);
    await put(at, shard);
    const request = { method: "DELETE", target: shardPath(shard.receipt.shardId) } as const;
    expect(await send(at, request, other)).toMatchObject({ status: 403, code: "CALLER_WRONG" });
    expect((await send(at, request)).status).toBe(204);
    expect((await get(at, shard)).status).toBe(404);
  });

  it("are refused when the subnet could not be read for too long", async () => {
    await using fresh = await serveMiner({ access: { staleSeconds: 0.2 } });
    const shard = offer(100);
    expect((await put(fresh, shard)).status).toBe(200);
    await sleep(300);
    expect(await get(fresh, shard)).toMatchObject({ status: 503, code: "METAGRAPH_UNAVAILABLE" });
    expect((await fetch(new URL("/readyz", fresh.miner.url))).status).toBe(503);
  });
});

describe("space", () => {
  it("that is used up refuses the shard and keeps the old ones", async () => {
    await using small = await serveMiner({ storage: { quotaBytes: 150_000 } });
    const kept = offer(100_000);
    expect((await put(small, kept)).status).toBe(200);
    expect(await put(small, offer(60_000))).toMatchObject({ status: 507, code: "DISK_FULL" });
    expect(Buffer.from((await get(small, kept)).body)).toEqual(Buffer.from(kept.bytes));
    expect((await put(small, offer(40_000))).status).toBe(200);
  });

  it("is given back by shards whose time is over, after the grace", async () => {
    await using small = await serveMiner({ storage: { quotaBytes: 150_000, graceBlocks: 10 } });
    const old = offer(100_000, { expiresBlock: 50 });
    await put(small, old);
    await small.chain.head(59);
    expect((await get(small, old)).status).toBe(200);
    await small.chain.head(60);
    await until(async () => (await get(small, old)).status === 404);
    expect((await put(small, offer(140_000))).status).toBe(200);
  });

  it("is not given back on a chain that does not know us", async () => {
    await using lost = await serveMiner({ storage: { graceBlocks: 0 } });
    const shard = offer(1_000, { expiresBlock: 50 });
    await put(lost, shard);
    lost.chain.metagraph = { ...lost.chain.metagraph, byHotkey: new Map() };
    await lost.chain.head(9_000_000);
    expect(lost.shards.get(shardNameOf(shard.receipt.shardId))).toBeDefined();
  });
});

describe("what a miner says of itself", () => {
  it("is public and has no secrets", async () => {
    const status = await (await fetch(new URL("/v1/status", at.miner.url))).json();
    expect(status).toMatchObject({ netuid: 2, hotkey: nameOf(minerKey), workloads: ["storage/1"] });
    const metrics = await (await fetch(new URL("/metrics", at.miner.url))).text();
    expect(metrics).toContain("neuron_shard_uploads_total");
    const openapi = await (await fetch(new URL("/openapi.json", at.miner.url))).json();
    expect(openapi).toHaveProperty(["paths", "/v1/storage/shards/{id}", "put"]);
  });
});
