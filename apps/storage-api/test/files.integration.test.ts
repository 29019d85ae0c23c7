import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, ask, bob, nameOf, type ServedNode, serveNode, stranger } from "./harness.ts";
import { headersOf } from "./signed-headers.ts";

let served: ServedNode;
beforeAll(async () => {
  served = await serveNode();
});
afterAll(() => served[Symbol.asyncDispose]());

const put = (key: typeof alice, path: string, body: Uint8Array) =>
  ask(served, key, { method: "PUT", path, body });

describe("files over /v1/files", () => {
  test("are stored, described, read whole and in ranges, listed and deleted by their owner", async () => {
    const bytes = randomBytes(1_000_001);
    const stored = await put(alice, "/v1/files/a/b%2Fc%20ü.bin?type=image/png", bytes);
    expect(stored.status).toBe(200);
    const etag = createHash("md5").update(bytes).digest("hex");
    expect(stored.json()).toMatchObject({ name: "a/b/c ü.bin", size: 1_000_001, etag });
    const path = "/v1/files/a/b%2Fc%20ü.bin";
    const got = await ask(served, alice, { path });
    expect(Buffer.from(got.body).equals(bytes)).toBe(true);
    expect(got.headers.get("content-type")).toBe("image/png");
    expect(got.headers.get("etag")).toBe(`"${etag}"`);
    const listed = await ask(served, alice, { path: "/v1/files?prefix=a/&delimiter=/" });
    expect(listed.json()).toMatchObject({ files: [], prefixes: ["a/b/"], next: null });
    expect((await ask(served, alice, { method: "DELETE", path })).status).toBe(204);
    expect((await ask(served, alice, { method: "DELETE", path })).status).toBe(404);
    expect((await ask(served, alice, { path })).json()).toMatchObject({ code: "FILE_MISSING" });
  });

  test("are read in ranges, and described without their bytes", async () => {
    const path = "/v1/files/ranged";
    await put(alice, path, Buffer.from("0123456789"));
    const read = (method: string, range?: string) => {
      const headers = headersOf({ method, target: path, body: Buffer.alloc(0) });
      const url = new URL(path, served.api.http.url);
      return fetch(url, { method, headers: { ...headers, ...(range !== undefined && { range }) } });
    };
    const part = await read("GET", "bytes=2-4");
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    expect(part.headers.get("content-range")).toBe("bytes 2-4/10");
    const beyond = await read("GET", "bytes=10-");
    expect([beyond.status, ((await beyond.json()) as { code: string }).code]).toEqual([
      416,
      "RANGE_INVALID",
    ]);
    const head = await read("HEAD");
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "10"]);
    expect(head.headers.get("content-security-policy")).toBe("sandbox");
    await put(alice, "/v1/files/empty", new Uint8Array());
    const empty = await ask(served, alice, { path: "/v1/files/empty" });
    expect([empty.status, empty.body.length]).toEqual([200, 0]);
  });

  test("are listed in pages", async () => {
    for (const name of ["1", "2", "3"]) await put(bob, `/v1/files/p/${name}`, Buffer.from(name));
    const first = (await ask(served, bob, { path: "/v1/files?prefix=p/&limit=2" })).json();
    expect((first["files"] as { name: string }[]).map(({ name }) => name)).toEqual(["p/1", "p/2"]);
    const next = await ask(served, bob, { path: `/v1/files?prefix=p/&start=${first["next"]}` });
    expect((next.json()["files"] as { name: string }[]).map(({ name }) => name)).toEqual(["p/3"]);
    expect((await ask(served, bob, { path: "/v1/files?start=xyz" })).status).toBe(400);
  });

  test("are their owner's: others read them once they are shared, and never write", async () => {
    await put(alice, "/v1/files/shared.txt", Buffer.from("for bob"));
    const owner = nameOf(alice);
    const path = `/v1/files/shared.txt?bucket=${owner}`;
    expect((await ask(served, bob, { path })).status).toBe(404);
    const grant = `/v1/grants/${nameOf(bob)}?name=shared.txt`;
    expect(
      (await ask(served, bob, { method: "PUT", path: `${grant}&bucket=${owner}` })).json(),
    ).toMatchObject({
      code: "NOT_OWNER",
    });
    expect((await ask(served, alice, { method: "PUT", path: grant })).status).toBe(204);
    expect(Buffer.from((await ask(served, bob, { path })).body).toString()).toBe("for bob");
    const grants = await ask(served, alice, { path: "/v1/grants?name=shared.txt" });
    expect(grants.json()).toEqual({ grantees: [nameOf(bob)] });
    expect((await ask(served, bob, { path: "/v1/shared" })).json()).toEqual({
      files: [{ bucket: owner, name: "shared.txt", owner, size: 7 }],
    });
    expect((await put(bob, path, Buffer.from("mine"))).status).toBe(403);
    expect((await ask(served, bob, { method: "DELETE", path })).status).toBe(403);
    expect((await ask(served, bob, { path: `/v1/files?bucket=${owner}` })).status).toBe(403);
    await put(alice, "/v1/files/shared.txt", Buffer.from("again"));
    expect(Buffer.from((await ask(served, bob, { path })).body).toString()).toBe("again");
    expect((await ask(served, alice, { method: "DELETE", path: grant })).status).toBe(204);
    expect((await ask(served, bob, { path })).status).toBe(404);
  });

  test("are refused to who is not whitelisted, before a byte is read", async () => {
    const answer = await put(stranger, "/v1/files/x", Buffer.from("x"));
    expect([answer.status, answer.json()["code"]]).toEqual([403, "SENDER_NOT_ALLOWED"]);
    const unsigned = await fetch(new URL("/v1/files/x", served.api.http.url), {
      method: "PUT",
      body: "x",
      headers: { "content-type": "application/octet-stream" },
    });
    expect(unsigned.status).toBe(401);
    expect(await Array.fromAsync(served.vault.found())).not.toHaveLength(0);
  });

  test("have names of at most 1024 bytes, and any of them is only a name", async () => {
    expect((await put(alice, `/v1/files/${"n".repeat(1025)}`, Buffer.from("x"))).status).toBe(400);
    for (const name of ["..%2F..%2Fetc%2Fpasswd", "%2Fabs", "a%00b", "con"]) {
      const path = `/v1/files/${name}`;
      expect((await put(alice, path, Buffer.from(name))).status).toBe(200);
      const { body } = await ask(served, alice, { path });
      expect(Buffer.from(body).toString()).toBe(name);
    }
  });

  test("are not touched by a body that is not the one that was signed", async () => {
    await put(alice, "/v1/files/kept", Buffer.from("kept"));
    const before = (await Array.fromAsync(served.vault.found())).length;
    const path = "/v1/files/kept";
    const headers = headersOf({ method: "PUT", target: path, body: Buffer.from("sign") });
    const answer = await fetch(new URL(path, served.api.http.url), {
      method: "PUT",
      body: "evil",
      headers: { ...headers, "content-type": "application/octet-stream" },
    });
    expect(answer.status).toBe(401);
    expect(Buffer.from((await ask(served, alice, { path })).body).toString()).toBe("kept");
    expect(await Array.fromAsync(served.vault.found())).toHaveLength(before);
  });

  test("end when their time is over, and their bytes go", async () => {
    await using node = await serveNode();
    const path = "/v1/files/short?ttl=60";
    await ask(node, alice, { method: "PUT", path, body: Buffer.from("short") });
    await ask(node, alice, { method: "PUT", path: "/v1/files/long", body: Buffer.from("long") });
    node.clock.offsetMs = 61_000;
    const at = async (name: string) =>
      (
        await node.database.kysely
          .selectFrom("objects")
          .select("etag")
          .where("key", "=", Buffer.from(name))
          .execute()
      ).length;
    const clean = async () => {
      const stop = new AbortController();
      const running = node.api.run(stop.signal);
      while ((await at("short")) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      await running;
    };
    await clean();
    expect(await at("long")).toBe(1);
    node.clock.offsetMs = 70_000;
    const stop = new AbortController();
    const running = node.api.run(stop.signal);
    while ((await Array.fromAsync(node.vault.found())).length > 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stop.abort();
    await running;
  });
});

describe("who may use the node", () => {
  test("nobody, when the whitelist is empty; anybody but the blacklisted, when access is open", async () => {
    await using closed = await serveNode({ access: {} });
    expect((await ask(closed, alice, { path: "/v1/files" })).status).toBe(403);
    await using open = await serveNode({
      access: { openAccess: true, whitelist: [nameOf(bob)], blacklist: [nameOf(bob)] },
    });
    expect((await ask(open, stranger, { path: "/v1/files" })).status).toBe(200);
    expect((await ask(open, bob, { path: "/v1/files" })).status).toBe(403);
  });
});

test("the routes describe themselves, and the node says that it is well", async () => {
  const at = (path: string) => fetch(new URL(path, served.api.http.url));
  const { paths } = (await (await at("/openapi.json")).json()) as { paths: object };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      "/v1/files",
      "/v1/shared",
      "/v1/grants",
      "/StoreUser",
      "/RetrieveUser",
      "/DeleteUser",
    ]),
  );
  expect((await at("/readyz")).status).toBe(200);
  expect(await (await at("/metrics")).text()).toContain("neuron_vault_transferred_bytes_total");
});
