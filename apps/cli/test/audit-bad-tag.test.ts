import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { badTagProof } from "@neurond/testing/bad-tag";
import { expect, onTestFinished, test } from "vitest";
import { AuditBadTagShape } from "../src/commands/audit/bad-tag-schema.ts";
import { run } from "./run.ts";

/** A miner's file about a tag that is off by `off`. */
const proofOf = async (off: number): Promise<string> => JSON.stringify(await badTagProof({ off }));

async function auditor(status: number, answer: object): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const check = async (input: string, submit?: string) => {
  const argv = ["audit", "bad-tag", "-", "--json", ...(submit ? ["--submit", submit] : [])];
  const { exitCode, stdout } = await run(argv, { input });
  return { exitCode, result: AuditBadTagShape.parse(JSON.parse(stdout)) };
};

test("a wrong tag is shown without any network, and a right one is not", async () => {
  const shown = await check(await proofOf(1));
  expect(shown).toMatchObject({ exitCode: 0, result: { verdict: "shown", period: 5, row: 0 } });
  const honest = await check(await proofOf(0), "http://127.0.0.1:1");
  const refused = { verdict: "refused", reason: "TAG_HONEST", submitted: [] };
  expect(honest).toMatchObject({ exitCode: 1, result: refused });
});

test("every auditor is told, and what each makes of it is said", async () => {
  const proof = await proofOf(1);
  const [keeps, refuses] = [
    await auditor(202, { taken: "kept" }),
    await auditor(422, { detail: "not audited here", code: "PROOF_REFUSED" }),
  ];
  expect((await check(proof, keeps)).exitCode).toBe(0);
  const { exitCode, result } = await check(proof, `${keeps},${refuses},http://127.0.0.1:1`);
  expect(exitCode).toBe(1);
  expect(result.submitted.map(({ taken, ok }) => [taken, ok])).toEqual([
    ["kept", true],
    ["not audited here", false],
    ["does not answer", false],
  ]);
});

test("what is no proof of a wrong tag is bad input", async () => {
  expect(await run(["audit", "bad-tag", "-"], { input: "hello" })).toMatchObject({ exitCode: 2 });
  const empty = '{"kind":"bad-tag"}';
  expect(await run(["audit", "bad-tag", "-"], { input: empty })).toMatchObject({ exitCode: 2 });
});
