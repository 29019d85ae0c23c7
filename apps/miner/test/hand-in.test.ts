import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createLogger } from "@neurond/runtime";
import { expect, onTestFinished, test } from "vitest";
import { handIn } from "../src/storage/hand-in.ts";

/** An auditor that answers with the given statuses, then 202. */
async function auditor(...statuses: number[]) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    text(request).then((body) => {
      bodies.push(`${request.method} ${request.url} ${body}`);
      response.writeHead(statuses.shift() ?? 202).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

async function evidenceOf(...names: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "neurond-evidence-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const name of names) await writeFile(join(directory, name), name);
  return directory;
}

const log = createLogger("miner", "fatal");
const { signal } = new AbortController();

test("every auditor is sent every proof once, and nothing else", async () => {
  const [one, other] = [await auditor(), await auditor(422)];
  const evidence = await evidenceOf("bad-tag.a.json", "bad-tag.b.json", "note.json");
  const deps = { evidence, auditors: [one.url, other.url], log };
  await handIn(deps, signal);
  await handIn(deps, signal);
  const sent = ["a", "b"].map((name) => `POST /v1/bad-tags bad-tag.${name}.json`);
  expect([one.bodies, other.bodies]).toEqual([sent, sent]);
});

test("an auditor that is busy or away is asked again with the next look", async () => {
  const busy = await auditor(503, 429);
  const evidence = await evidenceOf("bad-tag.a.json");
  const deps = { evidence, auditors: ["http://127.0.0.1:1", busy.url], log };
  for (let look = 0; look < 4; look += 1) await handIn(deps, signal);
  expect(busy.bodies).toHaveLength(3);
});
