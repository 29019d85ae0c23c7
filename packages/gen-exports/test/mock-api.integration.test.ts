import { readFileSync } from "node:fs";
import { join } from "node:path";
import { csvPath, csvUrl, parseListing, reportUrl } from "@neurond/exports";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOSTILE_PATHS, type Hostility, serveDataset } from "../src/index.ts";
import type { GenOptions } from "../src/options.ts";
import { generated, scratch } from "./folder.ts";

let folder: ReturnType<typeof scratch>;
let dataset: GenOptions;

beforeAll(() => {
  folder = scratch();
  dataset = generated(folder.path, "a", "--hours", "2", "--rate", "100");
});
afterAll(() => folder[Symbol.dispose]());

const serve = (hostility?: Hostility) =>
  serveDataset(dataset.out, hostility === undefined ? {} : { hostility });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe("the mock API", () => {
  it("serves listing, reports and exports byte for byte", async () => {
    await using api = await serve();
    const listing = parseListing(await (await fetch(`${api.url}/audit/`)).text());
    expect(listing.refused).toEqual([]);
    expect(listing.entries.length).toBeGreaterThan(2);
    for (const { path } of listing.entries) {
      const response = await fetch(reportUrl(api.url, path));
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await bytesOf(response)).toEqual(readFileSync(join(dataset.out, "blobs", path)));
    }
    const path = csvPath("invocations", dataset.end);
    const single = await fetch(csvUrl(api.url, path));
    expect(single.headers.get("content-type")).toBe("text/csv");
    expect(single.headers.get("content-disposition")).toContain(path.replaceAll("/", "-"));
    const doubled = await fetch(
      `${api.url}//invocations/exports/${path.slice("invocations/".length)}`,
    );
    const expected = readFileSync(join(dataset.out, "blobs", path));
    expect(await bytesOf(single)).toEqual(expected);
    expect(await bytesOf(doubled)).toEqual(expected);
  });

  it.each([
    ["/chutes/gpu_count_history", "application/json"],
    ["/instances/reconciliation_csv", "text/csv"],
    ["/instances/compute_history_csv", "text/csv"],
    ["/miner/metagraph", "application/json"],
    ["/miner/scores", "application/json"],
    ["/chutes/?include_public=true&limit=1000&exclude=affine", "application/json"],
  ])("serves %s", async (path, type) => {
    await using api = await serve();
    const response = await fetch(`${api.url}${path}`);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    expect((await response.text()).length).toBeGreaterThan(10);
  });

  it.each([
    ["/audit/download?path=entries.json", 404],
    ["/audit/download?path=../entries.json", 404],
    ["/audit/download", 404],
    ["/invocations/exports/2025/02/30/15.csv", 400],
    ["/invocations/exports/2025/10/26/15.txt", 400],
    ["/invocations/exports/2023/10/26/15.csv", 404],
    ["/invocations/exports/2035/10/26/15.csv", 404],
    ["/nothing", 404],
  ])("refuses %s with %i", async (path, status) => {
    await using api = await serve();
    const response = await fetch(`${api.url}${path}`);
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  it("goes on where a client stopped", async () => {
    await using api = await serve();
    const url = csvUrl(api.url, csvPath("invocations", dataset.end));
    const whole = await bytesOf(await fetch(url));
    const rest = await fetch(url, { headers: { range: "bytes=100-" } });
    expect([rest.status, rest.headers.get("content-range")]).toEqual([
      206,
      `bytes 100-${whole.length - 1}/${whole.length}`,
    ]);
    expect(await bytesOf(rest)).toEqual(whole.subarray(100));
    expect((await fetch(url, { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
  });
});

describe("a hostile API", () => {
  it("lists paths that a reader refuses, and would serve them", async () => {
    await using api = await serve({ kind: "traversal" });
    const { refused, entries } = parseListing(await (await fetch(`${api.url}/audit/`)).text());
    expect(refused).toHaveLength(HOSTILE_PATHS.length + 1);
    expect(entries.length).toBeGreaterThan(0);
    expect((await fetch(reportUrl(api.url, HOSTILE_PATHS[0]))).status).toBe(200);
  });

  it.each([
    [{ kind: "endless-body" }, "/audit/download?path=x"],
    [{ kind: "endless-list" }, "/audit/"],
  ] as const)("%j sends more than anybody wants, at the reader's pace", async (hostility, path) => {
    await using api = await serve(hostility);
    const response = await fetch(`${api.url}${path}`);
    let received = 0;
    for await (const chunk of response.body ?? []) {
      received += chunk.length;
      if (received > 4_000_000) break;
    }
    expect(received).toBeGreaterThan(4_000_000);
  });

  it("ends a body of a given size", async () => {
    await using api = await serve({ kind: "endless-body", sizeBytes: 1_000_000 });
    expect((await bytesOf(await fetch(`${api.url}/audit/download`))).length).toBeGreaterThanOrEqual(
      1_000_000,
    );
  });

  it("calls everything a web page, byte by byte, or not at all at first", async () => {
    await using wrong = await serve({ kind: "wrong-type" });
    expect((await fetch(`${wrong.url}/audit/`)).headers.get("content-type")).toBe("text/html");
    await using slow = await serve({ kind: "slow", pauseMs: 1 });
    expect(await (await fetch(`${slow.url}/nothing`)).json()).toEqual({ detail: "no such route" });
    await using down = await serve({ kind: "down", count: 1 });
    expect((await fetch(`${down.url}/audit/`)).status).toBe(503);
    expect((await fetch(`${down.url}/audit/`)).status).toBe(200);
    expect(down.requests).toEqual(["GET /audit/", "GET /audit/"]);
  });

  it("breaks off in the middle, once", async () => {
    await using api = await serve({ kind: "cut" });
    await expect(fetch(`${api.url}/audit/`).then((response) => response.text())).rejects.toThrow();
    expect(
      parseListing(await (await fetch(`${api.url}/audit/`)).text()).entries.length,
    ).toBeGreaterThan(0);
  });
});
