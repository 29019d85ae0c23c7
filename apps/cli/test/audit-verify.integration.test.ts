import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectChain } from "@neurond/chain";
import { Dataset, generate, parseOptions, seedDevnet, serveDataset } from "@neurond/gen-exports";
import { parseHotkey } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rewrite } from "../../../packages/ingest/test/continuity/rewrite.ts";
import { AuditVerifyShape } from "../src/commands/audit/schemas.ts";
import { run } from "./run.ts";

const scratch = mkdtempSync(join(tmpdir(), "neurond-verify-"));
const [clean, faulty] = [join(scratch, "clean"), join(scratch, "faulty")];
const small = ["--hours", "4", "--miners", "5", "--chutes", "8", "--rate", "100", "--gen", "all"];

beforeAll(() => {
  generate(parseOptions([...small, "--block-time", "300", "--out", clean]));
  generate(parseOptions([...small, "--fault", "missing-commitment", "--out", faulty]));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const verify = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await run(["audit", "verify", "--json", ...args], {
    connectChain,
  });
  return { exitCode, stderr, result: JSON.parse(stdout) as unknown };
};

describe("neurond audit verify", () => {
  test("finds a folder clean, and exits 0", async () => {
    const { exitCode, result } = await verify("--folder", clean, "--hours", "4");
    const { verdict, validators } = AuditVerifyShape.parse(result);
    expect([exitCode, verdict]).toEqual([0, "clean"]);
    expect(validators[0]?.hours).toEqual({ asked: 4, verified: 4 });
    expect(validators[0]?.gaps).toEqual([]);
    expect(new Set(validators[0]?.entries.map((entry) => entry.verdict))).toEqual(
      new Set(["VERIFIED"]),
    );
  });

  test("takes the auditor's own configuration, and refuses what is none", async () => {
    const shipped = fileURLToPath(new URL("../../../config/auditor.yaml", import.meta.url));
    const { exitCode } = await verify("--folder", clean, "--hours", "4", "--config", shipped);
    expect(exitCode).toBe(0);
    const broken = join(scratch, "broken.yml");
    for (const text of ["validators: [", "validators: [{ hotkey: x, url: https://a.b }]"]) {
      writeFileSync(broken, text);
      const refused = await verify("--folder", clean, "--config", broken);
      expect(refused.exitCode).toBe(2);
    }
  });

  test("tells of keys that mean nothing, as the daemon does, and of none that it knows", async () => {
    const slips = join(scratch, "slips.yml");
    const known = "subtensor: wss://node.example\nsynthetics:\n  enabled: false\n";
    const common = ["--folder", clean, "--hours", "4", "--config", slips];
    writeFileSync(slips, `${known}verfy: {}\nverify:\n  polisy: strict\n  tree: sample\n`);
    const { exitCode, stderr } = await verify(...common);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("verfy means nothing here; is verify meant?");
    expect(stderr).toContain("verify.polisy means nothing here; is policy meant?");
    writeFileSync(slips, known);
    expect((await verify(...common)).stderr).not.toContain("means nothing");
  });

  test("exits 5 when fewer hours are there than were asked for, and says which are missing", async () => {
    const { exitCode, result } = await verify("--folder", clean, "--hours", "6");
    const { verdict, validators } = AuditVerifyShape.parse(result);
    expect([exitCode, verdict]).toEqual([5, "incomplete"]);
    expect(validators[0]?.hours).toEqual({ asked: 6, verified: 4 });
    expect(validators[0]?.gaps).toHaveLength(1);
  });

  test("exits 1 when a digest was never committed", async () => {
    const { exitCode, result } = await verify("--folder", faulty, "--hours", "4");
    const { verdict, validators } = AuditVerifyShape.parse(result);
    expect([exitCode, verdict]).toEqual([1, "findings"]);
    expect(validators[0]?.findings.map(({ kind }) => kind)).toContain("COMMITMENT_MISSING");
  });

  test("recomputes runs from rows, and exits 1 when scores are stated that do not follow", async () => {
    const folder = join(scratch, "stated");
    generate(parseOptions([...small, "--block-time", "300", "--out", folder]));
    const validator = parseHotkey(new Dataset(folder).manifest.validator.hotkey);
    const stated = (name: string, scores: object, workload = "storage/1") => ({
      run_id: name,
      family_id: workload.replace("/", "-"),
      workload,
      min_tasks: 1,
      log_from: 0,
      log_to: name === "run-3" ? 9 : 0,
      report_sha256: "ab".repeat(32),
      scores,
    });
    const truth = { entries: [], findings: [], scores: {} };
    const state = (...runs: object[]) =>
      rewrite({ folder, validator, truth }, 3, ({ neurond }) => {
        const log = { from: 0, to: 0, root: "cd".repeat(32) };
        Object.assign(neurond ?? {}, { statement: { log, runs, scoring: null } });
      });
    state(stated("run-1", {}), stated("run-3", {}));
    const honest = await verify("--folder", folder, "--hours", "4");
    const [first] = AuditVerifyShape.parse(honest.result).validators;
    expect(honest.exitCode).toBe(0);
    expect(first?.runs.map(({ run, verdict }) => [run, verdict])).toEqual([
      ["run-1", "agrees"],
      ["run-3", "not_whole"],
    ]);
    state(stated("run-1", {}), stated("run-2", {}, "unheard/1"));
    expect((await verify("--folder", folder, "--hours", "4")).exitCode).toBe(5);
    state(stated("run-1", { [validator]: 7 }));
    const lying = await verify("--folder", folder, "--hours", "4");
    expect(lying.exitCode).toBe(1);
    expect(AuditVerifyShape.parse(lying.result).validators[0]?.runs).toMatchObject([
      { verdict: "differs", field: `scores.${validator}`, stated: "7", recomputed: "none" },
    ]);
    const { stdout } = await run(["audit", "verify", "--folder", folder, "--hours", "4"], {
      connectChain,
    });
    expect(stdout).toMatch(/runs +1 differ from their rows/);
    expect(stdout).toContain(`scores.${validator} is 7, its rows come to none`);
  });

  test("exits 2 without a usable folder and 3 without an API that may be asked", async () => {
    const folder = await verify("--folder", join(scratch, "nothing"));
    expect(folder.exitCode).toBe(2);
    expect(folder.result).toMatchObject({ error: { code: "FOLDER_INVALID" } });
    const { validator } = new Dataset(clean).manifest;
    const place = ["--url", "http://127.0.0.1:9", "--validator", validator.hotkey];
    const inside = await run(["audit", "verify", "--json", ...place], { chain: {} });
    expect(inside.exitCode).toBe(3);
    expect(JSON.parse(inside.stdout)).toMatchObject({ error: { code: "ADDRESS_PRIVATE" } });
  });

  test("audits over HTTP and a chain, by the config of the older auditor, and prints its lines", async () => {
    await using api = await serveDataset(clean);
    await using devnet = await seedDevnet(clean);
    const { manifest } = new Dataset(clean);
    const config = join(scratch, "config.yml");
    writeFileSync(config, seedConfig(manifest.validator.hotkey, api.url, devnet.url));
    const line = ["audit", "verify", "--config", config, "--hours", "4"];
    const answer = await run([...line, "--miner-agreement", "--allow-private"], { connectChain });
    expect(answer.stderr).not.toContain("neurond:");
    expect(answer.exitCode).toBe(0);
    const recorded: { neurons: { hotkey: string; incentive: number }[] } = JSON.parse(
      readFileSync(join(clean, "chain/metagraph.json"), "utf8"),
    );
    const paid = recorded.neurons.filter(({ incentive }) => incentive > 0);
    for (const { hotkey } of paid)
      expect(answer.stdout).toContain(`Calculated incentive locally for ${hotkey} [`);
    expect(answer.stdout).toMatch(
      /^Miner 5\w{47} is missing some audit report data: expecting 601200 seconds but have \d+$/m,
    );
    expect(answer.stdout).toMatch(
      /^Miner 5\w{47} reported \d+ vs audit \d+: agreement ratio \d\.\d{4}$/m,
    );
    expect(answer.stdout.trimEnd()).toMatch(/clean$/);
    expect(api.requests.every((request) => !request.includes("//", 4))).toBe(true);
  }, 60_000);
});

/** As upstream ships it, with another validator and node. */
function seedConfig(hotkey: string, url: string, subtensor: string): string {
  return `
synthetics:
  enabled: true
  text: { enabled: true, render: true, dataset: { name: allenai/WildChat-1M, options: { split: train }, field_name: conversation } }
  image: { enabled: true, render: true, dataset: { name: Falah/image_generation_prompts_SDXL, options: { split: train }, field_name: prompts } }
  tts: { enabled: true, render: true }
  transcribe: { enabled: true, render: true }
  embed: { enabled: true, render: true }
  moderation: { enabled: true, render: true }
  api_key: cpk_replace_me
validators:
  - name: chutes
    hotkey: ${hotkey}
    url: ${url}
subtensor: ${subtensor}
netuid: 64
set_weights:
  enabled: false
  ss58_address: ${hotkey}
  secret_seed: "0x00"
`;
}
