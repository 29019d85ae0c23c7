import { Secret } from "@neurond/runtime";
import { WandbApi } from "@neurond/storage-rules/io";
import { WandbReceiver } from "@neurond/testing/wandb";
import { expect, test } from "vitest";
import { z } from "zod";
import vectors from "../vectors/wandb-requests.json" with { type: "json" };

const Asked = z.object({
  operationName: z.string(),
  query: z.string(),
  variables: z.record(z.string(), z.unknown()),
});
const Inputs = z.record(z.string(), z.record(z.string(), z.string()));

/** The fields of an operation's input, by the variables they are given. */
const inputOf = (query: string) =>
  Object.fromEntries([...query.matchAll(/(\w+):\s*\$(\w+)/g)].map((found) => found.slice(1)));

test("what wandb is asked is what its own client asks of the same run", async () => {
  await using receiver = await WandbReceiver.start(vectors.key);
  const api = new WandbApi({ baseUrl: receiver.url, apiKey: new Secret(vectors.key) });
  const { signal } = new AbortController();
  const [begun, , upload, whole, beat, later] = vectors.requests;
  const { name: id = "", project, entity, notes = "", tags = [] } = begun?.variables ?? {};
  const about = { id, project: project ?? "", entity: entity ?? "", notes, tags };
  const content = (text: string | undefined) => new TextEncoder().encode(text);
  const added = (request: typeof whole) => ({
    history: {
      offset: request?.body?.files?.["wandb-history.jsonl"].offset ?? -1,
      lines: request?.body?.files?.["wandb-history.jsonl"].content ?? [],
    },
    summary: request?.body?.files?.["wandb-summary.json"].content[0] ?? "",
    isComplete: request?.body?.complete ?? false,
  });

  const place = await api.begin(about, signal);
  await api.upload(place, [{ name: "miner_stats.json", content: content(upload?.upload) }], signal);
  await api.add(place, { ...added(whole), uploaded: ["miner_stats.json"] }, signal);
  await api.add(place, {}, signal);
  const next = await api.begin({ ...about, id: "abcd1234" }, signal);
  await api.add(next, added(later), signal);

  const asked = receiver.seen.map(({ method, path, body }) => {
    if (method === "PUT") return { upload: body };
    if (path !== "/graphql") return { path, body };
    const { operationName: operation, query, variables } = Asked.parse(body);
    const { config: _, ...rest } = variables;
    expect(Inputs.parse(vectors.inputs)[operation]).toMatchObject(inputOf(query));
    return { operation, variables: rest };
  });
  expect(asked.toSpliced(5, 1)).toEqual([...vectors.requests.slice(0, 4), beat, later]);
  expect(receiver.headers).toEqual(vectors.headers);
});
