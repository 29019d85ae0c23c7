import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isPortFree } from "../src/commands/localnet/ports.ts";
import { OutcomeShape } from "../src/commands/localnet/schemas.ts";
import { LocalnetProcess, localnetDirectory } from "./localnet/localnet-process.ts";

// The whole story: three validators (one lies), six miners (one loses data, one is late, one leaves)
// behind two proxies, an API node whose S3 gateway a client uses, an auditor. Then it stays, since
// thirteen daemons are started once for all that a localnet must do; CI runs the one that ends by itself.
test("the cheats end at weight 0, the auditor names the liar, and an interrupt leaves nothing behind", async () => {
  await using directory = await localnetDirectory();
  await using net = LocalnetProcess.start(directory.path, "--once", "--keep", "--json");
  const outcome = OutcomeShape.parse(await net.told(280_000));
  const unmet = outcome.expectations.filter(({ isMet }) => !isMet);
  expect(unmet, net.stderr).toEqual([]);
  expect(outcome).toMatchObject({ isGood: true, netuid: 2 });
  expect(outcome.runs.length).toBeGreaterThanOrEqual(2);
  expect(
    outcome.daemons.filter(({ restarts }) => restarts > 0),
    net.stderr,
  ).toEqual([]);
  const evidence = JSON.parse(await readFile(outcome.evidence ?? "", "utf8"));
  const liar = outcome.daemons.find(({ name }) => name === "validator-3");
  expect(evidence).toMatchObject({ code: "REPORT_FORGED", validator: liar?.hotkey });

  await using second = LocalnetProcess.start(directory.path);
  expect(await second.ended).toBe(1);
  expect(second.stderr).toMatch(/^neurond: LOCALNET_RUNNING: .*\n$/);

  expect((await net.processes()).length).toBeGreaterThan(10);
  net.child.kill("SIGINT");
  // The deadlines of its parts in a row: a database that ends first writes to the disk, at the disk's pace.
  expect(await Promise.race([net.ended, sleep(20_000, "still there", { ref: false })])).toBe(0);
  expect(await net.survivors(0)).toEqual([]);
  for (const { url } of outcome.daemons) {
    if (url === null) continue;
    const { hostname, port } = new URL(url);
    expect(await isPortFree(hostname, Number(port))).toBe(true);
  }
}, 300_000);

test("when it is killed its children notice, leave, and take the database with them", async () => {
  await using directory = await localnetDirectory();
  await using net = LocalnetProcess.start(directory.path);
  await net.says("starting 13 daemons");
  net.child.kill("SIGKILL");
  await net.ended;
  expect(await net.survivors(15_000)).toEqual([]);
  const ports = JSON.parse(await readFile(join(directory.path, "localnet.json"), "utf8")).ports;
  expect(await isPortFree("127.0.0.2", ports["validator-1"])).toBe(true);
});

test("a taken port is told in one line", async () => {
  await using directory = await localnetDirectory();
  const server = createServer().listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await using net = LocalnetProcess.start(directory.path, "--port", String(port));
  expect(await net.ended).toBe(1);
  expect(net.stderr).toMatch(/^neurond: PORT_IN_USE: port \d+ .*--port\n$/);
  server.close();
});

test("a directory that cannot be written is told in one line", async () => {
  await using net = LocalnetProcess.start("/dev/null/localnet");
  expect(await net.ended).toBe(1);
  expect(net.stderr).toMatch(/^neurond: NO_WRITE_PERMISSION: cannot write .*\n$/);
});
