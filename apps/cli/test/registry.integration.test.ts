import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { connectChain } from "@neurond/chain";
import { walletPlaces, writeColdkeyPublic, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri } from "@neurond/crypto";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { encodeSs58, hotkeyOf } from "@neurond/primitives";
import { testCertificate } from "@neurond/testing/certificate";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { CommitmentSetShape } from "../src/commands/commitments/schemas.ts";
import { CheckedShape, EntriesShape, RegisteredShape } from "../src/commands/registry/schemas.ts";
import { type Answer, run } from "./run.ts";
import { temporaryDirectory, temporaryFile } from "./temporary.ts";

const SUBNET = ["--netuid", "2"];
const MINER1 = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const { key, cert } = testCertificate(["127.0.0.1"]);
const server: Server = createServer({ key, cert }, (request, response) => {
  const identifier = request.url?.split("/").at(-1);
  const isKnown = identifier === MINER1;
  response.writeHead(isKnown ? 200 : 404).end(JSON.stringify({ status: "ok", identifier }));
});
let devnet: Devnet;
let port: number;

beforeAll(async () => {
  devnet = await startDevnet({ preset: "subnet", blockTimeMs: 200 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await devnet.close();
});

const onDevnet = (line: readonly string[]) => run([...line, "-n", devnet.url], { connectChain });
const reach = async () => ["--allow-private", "--ca", await temporaryFile("ca.pem", cert)];

async function neurond<Schema extends z.ZodType>(
  schema: Schema,
  ...line: readonly string[]
): Promise<{ result: z.infer<Schema>; answer: Answer }> {
  const answer = await onDevnet([...line, "--json"]);
  const result = schema.safeParse(JSON.parse(answer.stdout));
  if (!result.success)
    throw new Error(`${answer.stdout}\n${answer.stderr}`, { cause: result.error });
  return { result: result.data, answer };
}

const register = (uri: string, address: string, at: number, ...more: readonly string[]) => {
  const line = ["registry", "register", ...SUBNET, "--uri", uri, "--address", address];
  return neurond(RegisteredShape, ...line, "--port", String(at), ...more);
};

test("a subnet without commitments says so", async () => {
  for (const command of ["read", "check"]) {
    const { exitCode, stdout } = await onDevnet(["registry", command, ...SUBNET]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "No commitments found\n" });
  }
});

test("a dry run tells what would be sent and sends nothing", async () => {
  const { result, answer } = await register("//Miner1", "miner.example", 8443);
  expect(answer.exitCode).toBe(0);
  expect(result).toMatchObject({
    hotkey: MINER1,
    netuid: 2,
    network: "local",
    commitment: "miner.example:8443",
    length: 18,
    standing: null,
    outcome: "dry-run",
    submission: null,
  });
  expect((await neurond(EntriesShape, "registry", "read", ...SUBNET)).result.entries).toEqual([]);
});

test("an endpoint that does not answer is not registered when it is to be verified", async () => {
  const more = ["--online", "--verify", ...(await reach())];
  const { result, answer } = await register("//Miner1", "127.0.0.1", 1, ...more);
  expect(answer.exitCode).toBe(1);
  expect(result).toMatchObject({
    outcome: "unverified",
    check: { valid: false, reason: "unreachable" },
    submission: null,
  });
});

test("an endpoint is verified, registered, final, and not sent a second time", async () => {
  const more = ["--online", "--verify", "--wait-finalized", ...(await reach())];
  const first = await register("//Miner1", "127.0.0.1", port, ...more);
  expect(first.result).toMatchObject({
    outcome: "submitted",
    submission: { kind: "included" },
    check: { valid: true, identified: true },
    warnings: ["private-address"],
  });
  const again = await register("//Miner1", "127.0.0.1", port, ...more);
  expect(again.answer.exitCode).toBe(0);
  expect(again.result).toMatchObject({
    outcome: "unchanged",
    submission: null,
    standing: { kind: "endpoint", raw: `127.0.0.1:${port}` },
  });
});

test("somebody else's commitment is not overwritten unless that is asked for", async () => {
  const foreign = '{"model":"x"}';
  const set = ["commitments", "set", ...SUBNET, "--uri", "//Miner2", foreign];
  expect((await neurond(CommitmentSetShape, ...set)).result.submission.kind).toBe("included");
  for (const more of [[], ["--online"]]) {
    const { result, answer } = await register("//Miner2", "miner.example", 8443, ...more);
    expect(answer.exitCode).toBe(1);
    expect(result).toMatchObject({
      outcome: "would-overwrite",
      standing: { kind: "foreign", raw: foreign },
    });
  }
  const { result } = await register("//Miner2", "localhost", 8443, "--online", "--replace");
  expect(result).toMatchObject({ outcome: "submitted", submission: { kind: "included" } });
});

test("what stands in the registry is read, told apart and asked", async () => {
  const model = "org:model:chatml:5Grw:0xab:11";
  const set = ["commitments", "set", ...SUBNET, "--uri", "//Miner3", model];
  expect((await neurond(CommitmentSetShape, ...set)).result.submission.kind).toBe("included");
  const line = ["check", ...SUBNET, ...(await reach())];
  const { result } = await neurond(CheckedShape, "registry", ...line, "--verbose");
  expect(result.totals).toEqual({ commitments: 3, parsed: 2, invalid: 1, reachable: 1 });
  const byRaw = new Map(result.entries.map((entry) => [entry.raw, entry]));
  expect(byRaw.get(`127.0.0.1:${port}`)).toMatchObject({
    hotkey: MINER1,
    kind: "endpoint",
    address: "127.0.0.1",
    port,
    check: { valid: true, identified: true },
    error: null,
  });
  expect(byRaw.get("localhost:8443")).toMatchObject({ check: { valid: false } });
  expect(byRaw.get(model)).toMatchObject({
    kind: "legacy-model",
    check: null,
    error: { type: "LegacyModel" },
  });

  const brief = await onDevnet(["registry", ...line]);
  expect(brief.stdout).toContain("3 commitments: 2 parsed, 1 invalid\n1 of 2 endpoints valid\n");
  expect(brief.stdout).toContain("Tip: --verbose");
  expect(brief.stdout).not.toContain("LegacyModel");
  const verbose = await onDevnet(["registry", ...line, "--verbose"]);
  expect(verbose.stdout).toContain("LegacyModel");
  expect(verbose.stdout).not.toContain("Tip:");
  const read = await onDevnet(["registry", "read", ...SUBNET]);
  expect(read.stdout).toMatch(/Check Endpoint: invalid \(private-address: /);
  expect(read.stdout).toContain("Error: LegacyModel: ");
});

test("only the coldkey's public file is read, and nobody is asked for a password", async () => {
  const path = await temporaryDirectory();
  const places = walletPlaces({ path }, {});
  const coldkey = keypairFromUri("//Coldkey");
  await writeHotkey(places, { keypair: keypairFromUri("//Miner4") });
  await writeColdkeyPublic(places, coldkey.publicKey);
  await writeFile(places.coldkey, "$NACL that nobody can open");
  const line = ["registry", "register", ...SUBNET, "--wallet.path", path, "--address", "a.example"];
  const argv = [...line, "--port", "1", "--online", "-n", devnet.url];
  const answer = await run(argv, { connectChain, terminal: true });
  expect(answer.exitCode).toBe(0);
  expect(answer.stdout).toContain(encodeSs58(coldkey.publicKey));
  expect(answer.stdout).toContain("included in block");
});
