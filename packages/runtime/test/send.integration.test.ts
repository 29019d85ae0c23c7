import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Send, sendBy, sendDirectly } from "../src/send.ts";

const server = createServer((request, response) => {
  if (request.url === "/elsewhere") return response.writeHead(302, { location: "/" }).end();
  if (request.url === "/broken") return request.socket.destroy();
  if (request.url === "/endless") return response.writeHead(200).write("first");
  const { "x-sent": sent, "user-agent": agent = "" } = request.headers;
  const answer = { method: request.method, sent, named: agent.length > 0, body: "" };
  request.setEncoding("latin1").on("data", (text) => (answer.body += text));
  request.on("end", () => {
    response
      .writeHead(418, { "set-cookie": ["a=1", "b=2"], "x-kind": "echo" })
      .end(JSON.stringify(answer));
  });
  return response;
});
const at = (path: string) =>
  new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
const signal = AbortSignal.timeout(30_000);

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

describe.each<[string, Send]>([
  ["undici", sendDirectly],
  ["fetch", sendBy(fetch)],
])("by %s", (_, send) => {
  it("a body goes out whole, in one piece or in parts, and the answer comes back", async () => {
    const parts = async function* () {
      yield Buffer.from("in ");
      yield Buffer.from("parts");
    };
    for (const body of [Buffer.from("in parts"), parts()]) {
      const outgoing = { method: "PUT", headers: [["x-sent", "1"]], body, signal } as const;
      const answer = await send(at("/"), outgoing);
      expect([answer.status, answer.ok, answer.url]).toEqual([418, false, at("/").href]);
      expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
      expect([answer.headers.get("X-Kind"), answer.headers.get("x-other")]).toEqual(["echo", null]);
      const echo = { method: "PUT", sent: "1", named: true, body: "in parts" };
      expect(JSON.parse(await textOf(answer.body))).toEqual(echo);
    }
  });

  it("a redirect is not followed, and a broken connection is told of", async () => {
    for (const path of ["/elsewhere", "/broken"]) {
      const sent = send(at(path), { method: "GET", headers: [], signal });
      await expect(sent).rejects.toThrow(Error);
    }
  });

  it("an answer that nobody reads is let go of, and one that is aborted ends", async () => {
    const unread = await send(at("/endless"), { method: "GET", headers: [], signal });
    await unread.discard();
    const ended = new AbortController();
    const outgoing = { method: "GET", headers: [], signal: ended.signal } as const;
    const { body } = await send(at("/endless"), outgoing);
    const reading = textOf(body);
    ended.abort(new DOMException("enough", "AbortError"));
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});
