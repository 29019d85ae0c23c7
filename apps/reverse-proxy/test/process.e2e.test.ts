import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { call, MINER, openBackend, SENDER } from "./harness.ts";
import { directoryWith, killProcesses, linesOf, startProcess } from "./proxy-process.ts";

afterEach(killProcesses);

test("a proxy serves, reloads on SIGHUP, and ends with 0 once what is under way is over", async () => {
  const entered = Promise.withResolvers<void>();
  await using backend = await openBackend((_, response) => {
    entered.resolve();
    setTimeout(() => response.end('{"ok":true}'), 300);
  });
  const config = (allowed: readonly string[]) => ({
    server: { host: "127.0.0.1", port: 0 },
    auth: { miner_hotkey: MINER, allowed_senders: allowed, signAnswers: true },
    services: { inference_server_url: backend.url },
    metrics: { listen: "127.0.0.1:0" },
    shrubbery: true,
  });
  const directory = await directoryWith(config([MINER]));
  const child = startProcess(directory, {
    REVERSE_PROXY_CONFIG_PATH: directory,
    BT_HOTKEY_URI: "//Bob",
  });
  const { when, find } = linesOf(child);
  await when("serving");
  expect(find("setting unknown, left out")).toMatchObject({ setting: "shrubbery" });
  const { url } = find("serving") as { url: string };
  const ask = { target: "/sync/inference" };
  expect(await call(url, ask)).toMatchObject({ status: 403 });

  await writeFile(join(directory, "config.json"), JSON.stringify(config([SENDER])));
  child.kill("SIGHUP");
  await when("configuration taken");
  const headers = { "epistula-want-response-signature": "1" };
  const underWay = call(url, { ...ask, headers });
  await entered.promise;
  child.kill("SIGTERM");
  expect(await underWay).toMatchObject({
    status: 200,
    json: { ok: true },
    headers: { "epistula-response-signature": expect.stringMatching(/^0x[0-9a-f]{128}$/) },
  });
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("--check-config prints what it means, masked, and tells all that is wrong with it", async () => {
  const directory = await directoryWith({
    auth: { miner_hotkey: MINER, allowed_senders: SENDER },
    logs: {},
  });
  const good = startProcess(
    directory,
    { SELF_DEBUG_KEY: "sixteen-characters!" },
    "--check-config",
    directory,
    "--set",
    "server.port=9",
  );
  const bad = startProcess(
    directory,
    { PORT: "x", MINER_HOTKEY: "5No" },
    "--check-config",
    directory,
  );
  if (good.stdout === null || bad.stdout === null) throw new Error("no output");
  const ended = once(bad, "exit");
  const [printed, told] = await Promise.all([text(good.stdout), text(bad.stdout)]);
  expect(JSON.parse(printed)).toMatchObject({
    server: { port: 9 },
    auth: { self_debug_key: "[redacted]" },
  });
  expect(printed).not.toContain(MINER);
  expect(await ended).toEqual([1, null]);
  for (const name of ["PORT", "MINER_HOTKEY"]) expect(told).toContain(name);
});
