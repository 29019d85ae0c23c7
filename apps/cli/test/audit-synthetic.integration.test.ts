import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayOptions, serveGateway } from "@neurond/gen-exports";
import { describe, expect, test } from "vitest";
import { AuditSyntheticShape } from "../src/commands/audit/synthetic-shape.ts";
import { run, type Situation } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

/** Runs the command against a gateway of its own. */
async function synthetic(
  args: readonly string[],
  situation: Situation = { env: { CHUTES_API_KEY: "cpk_test" } },
  options: GatewayOptions = {},
) {
  await using gateway = await serveGateway(options);
  const { url, endpoints } = gateway;
  const hosts = ["--url", url, "--llm-url", endpoints.llm, "--chute-url", endpoints.chute];
  const line = ["audit", "synthetic", ...hosts, "--allow-private", ...args];
  return { ...(await run(line, situation)), gateway };
}

describe("neurond audit synthetic", () => {
  test("tells which targets must stand in the exports, and what was answered", async () => {
    const { exitCode, stdout, gateway } = await synthetic(["--type", "chat", "--json"], undefined, {
      behaviour: () => ({ kind: "retries", failures: 1 }),
    });
    expect(exitCode).toBe(0);
    const sent = AuditSyntheticShape.parse(JSON.parse(stdout));
    expect(sent).toMatchObject({ type: "chat", outcome: "answered", ending: "complete" });
    expect(sent.text).toContain("how the tide runs");
    expect(sent.attempts.map(({ id, outcome }) => [id, outcome])).toEqual(
      gateway.rows.map((row, at) => [row.invocation_id, at === 0 ? "failed" : "succeeded"]),
    );
  });

  test("with --dry-run prints the request, the same for the same seed, and sends nothing", async () => {
    const seed = "ab".repeat(32);
    const args = ["--type", "image", "--seed", seed, "--dry-run", "--json"];
    const { exitCode, stdout, gateway } = await synthetic(args, {});
    expect(exitCode).toBe(0);
    const { payload, outcome } = AuditSyntheticShape.parse(JSON.parse(stdout));
    expect(outcome).toBe("dry_run");
    expect(Object.keys(payload ?? {})).toEqual(["prompt", "seed", "num_inference_steps"]);
    expect(gateway.requests).toEqual([]);
    const again = await synthetic(args, {});
    expect(JSON.parse(again.stdout).payload).toEqual(payload);
  });

  test("draws images in a terminal and saves them elsewhere", async () => {
    const directory = await temporaryDirectory();
    const args = ["--type", "image", "--out", directory];
    const env = { CHUTES_API_KEY: "cpk_test", TERM: "xterm-256color" };
    const shown = await synthetic(args, { env, terminal: true });
    expect(shown.stderr).toContain("\u2580");
    expect(readdirSync(directory)).toEqual([]);
    const saved = await synthetic(args, { env });
    expect(saved.stderr).toMatch(/^saved as .*-image-[0-9a-f]{8}\.png\n$/);
    expect(saved.stdout + saved.stderr).not.toContain("\u001b");
    expect(readdirSync(directory)).toHaveLength(1);
    await synthetic([...args, "--hide"], { env });
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test("reads the key from a file, and asks without a trace when told to", async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, "key");
    writeFileSync(file, "cpk_of_file\n");
    const args = ["--type", "embed", "--blind", "--api-key-file", file, "--json"];
    const { stdout, gateway } = await synthetic(args, {}, { apiKey: "cpk_of_file" });
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "answered",
      traced: false,
      attempts: [],
      parentInvocationId: gateway.rows[0]?.parent_invocation_id,
    });
  });

  test.each([
    [
      { kind: "refuses", status: 429 },
      { outcome: "refused", status: 429 },
    ],
    [{ kind: "cut" }, { outcome: "answered", ending: "broken" }],
    [{ kind: "overload" }, { outcome: "answered", error: "infra_overload" }],
  ] as const)("exits 1 when the gateway %j", async (behaviour, expected) => {
    const { exitCode, stdout } = await synthetic(["--type", "chat", "--json"], undefined, {
      behaviour: () => behaviour,
    });
    expect([exitCode, JSON.parse(stdout)]).toEqual([1, expect.objectContaining(expected)]);
  });

  test("says what is missing", async () => {
    const keyless = await synthetic(["--type", "chat"], {});
    expect([keyless.exitCode, keyless.stderr]).toEqual([
      2,
      expect.stringContaining("CHUTES_API_KEY"),
    ]);
    const nobody = await synthetic(["--type", "chat", "--chute", "nobody"]);
    expect(nobody.stderr).toContain("NO_CHUTE");
    const wrong = await synthetic(["--seed", "1"]);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("--seed")]);
  });
});
