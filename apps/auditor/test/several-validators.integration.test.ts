import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connectChain } from "@neurond/chain";
import { keypairFromSeed, verifySr25519Fast } from "@neurond/crypto";
import { Dataset, generate, parseOptions, seedDevnet, serveDataset } from "@neurond/gen-exports";
import { hotkeyOf } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { checkStatement } from "@neurond/statements";
import { testDatabase } from "@neurond/testing";
import { expect, test } from "vitest";
import { Config } from "../src/config.ts";
import { startAuditor } from "../src/start.ts";

test("two validators are audited apart; what is wrong with one is alerted and signed", async () => {
  await using resources = new AsyncDisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), "neurond-several-"));
  resources.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const small = "--hours 3 --miners 4 --chutes 6 --rate 60 --block-time 300 --gen all";
  const [forged, absent] = [join(scratch, "forged"), join(scratch, "absent")];
  generate(parseOptions([...small.split(" "), "--fault", "tampered-json", "--out", forged]));
  generate(parseOptions([...small.split(" "), "--seed", "2", "--out", absent]));
  const apis = [
    resources.use(await serveDataset(forged)),
    resources.use(await serveDataset(absent)),
  ];
  // Only what the first has committed to stands on this chain.
  const devnet = resources.use(await seedDevnet(forged));
  const chain = resources.use(await connectChain({ endpoints: [devnet.url], stallMs: 0 }));
  const database = resources.use(await testDatabase());
  const hook = resources.use(await receiver());
  const [first, second] = [forged, absent].map(
    (folder) => new Dataset(folder).manifest.validator.hotkey,
  );
  const config = Config.parse({
    netuid: 64,
    http: { port: 0 },
    validators: [
      { name: "forger", hotkey: first, url: apis[0]?.url },
      { name: "stranger", hotkey: second, url: apis[1]?.url },
    ],
    exports: { directory: join(scratch, "windows"), allowPrivate: true, intervalSeconds: 0.2 },
    set_weights: { enabled: true, dry_run: true },
    statements: { directory: join(scratch, "statements") },
    alerts: { webhook: hook.url, allowPrivate: true },
    synthetics: { enabled: false },
    audit: { runs: false, directory: join(scratch, "audit") },
    database: { url: database.url, schema: database.schema },
  });
  const log = createLogger("auditor");
  log.level = "silent";
  const signer = keypairFromSeed(new Uint8Array(32).fill(7));
  const stop = new AbortController();
  const auditor = resources.use(
    await startAuditor({ config, chain, signer, weightsSigner: signer, log }),
  );
  const following = auditor.follow(stop.signal);
  const get = async (path: string) => (await fetch(`${auditor.url}${path}`)).json();
  await expect.poll(() => hook.bodies.length, { timeout: 40_000 }).toBeGreaterThan(0);
  await expect.poll(() => auditor.exports?.validators[1]?.last, { timeout: 40_000 }).not.toBeNull();

  expect(await get("/v1/validators")).toMatchObject({
    validators: [
      { name: "forger", verified_hours: 2 },
      { name: "stranger", verified_hours: 0, as_of: null },
    ],
  });
  const alerts: unknown = JSON.parse(hook.bodies[0] ?? "{}");
  expect(alerts).toMatchObject({
    count: 1,
    alerts: [{ severity: "critical", code: "DIGEST_MISMATCH", text: /^forger: / }],
  });
  const statement: unknown = await get("/v1/statements/latest");
  const found = checkStatement(statement, verifySr25519Fast, hotkeyOf(signer.publicKey));
  expect(found).toMatchObject({
    kind: "sound",
    statement: { validator: first, verified_hours: 2 },
  });
  const metrics = async () => (await fetch(`${auditor.url}/metrics`)).text();
  expect(await metrics()).toMatch(
    /neuron_export_findings_total\{validator="forger",kind="DIGEST_MISMATCH"/,
  );
  // Weights are looked at with each block.
  await devnet.jump(1);
  await expect
    .poll(metrics, { timeout: 20_000 })
    .toMatch(/neuron_weights_hindered\{.*code="TOO_FEW_HOURS"/);
  stop.abort();
  await following;
  expect(hook.bodies).toHaveLength(1);
}, 90_000);

/** Takes what is posted. */
async function receiver() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    bodies,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
