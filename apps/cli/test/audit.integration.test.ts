import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditedStorage, readRules } from "@neurond/audit";
import { connectChain } from "@neurond/chain";
import { verifySr25519Fast } from "@neurond/crypto";
import { expect, test } from "vitest";
import { hotkeyFor, miners, validators } from "../../../packages/audit/test/people.ts";
import { Stage } from "../../../packages/audit/test/stage.ts";
import { RULES } from "../../../packages/audit/test/world.ts";
import { AuditRunShape } from "../src/commands/audit/schemas.ts";
import { run } from "./run.ts";

const rules = readRules({ ...RULES, min_stake_rao: "1000000000000" });
const tools = { rules, workloads: [auditedStorage()], verify: verifySr25519Fast };
const CONFIG = `
netuid: 2
http:
run:
  blocks: 24
  beaconLag: 6
  commitWindow: 8
  revealWindow: 16
  beaconKind: chain
  minStakeTao: "1000"
`;

test("one command names a liar from nothing but a chain, another checks the file it leaves", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-audit-"));
  try {
    await using stage = await Stage.begin(tools, validators);
    const [miner] = miners;
    const [, , liar] = stage.nodes;
    if (liar === undefined || miner === undefined) expect.unreachable();
    liar.lie = (scores) => new Map([...scores, [hotkeyFor(miner), 0]]);
    await stage.perform(1);
    await stage.setWeights(1);
    await stage.advanceTo(stage.timesOf(1).weightsEnd);

    const config = join(directory, "auditor.yaml");
    await writeFile(config, CONFIG);
    const chain = ["--subtensor.chain_endpoint", stage.devnet.url];
    const options = ["--config-file", config, "--allow-private", "--out", join(directory, "out")];
    const audited = await run(["audit", "run", "--once", "--json", ...chain, ...options], {
      connectChain,
    });
    expect(audited.exitCode).toBe(1);
    const { runs } = AuditRunShape.parse(JSON.parse(audited.stdout));
    const [first] = runs;
    expect(first?.findings).toMatchObject([{ code: "REPORT_FORGED", validator: liar.hotkey }]);
    expect(first?.validators.map(({ weights }) => weights)).toEqual(["ok", "ok", "ok"]);

    const file = first?.findings[0]?.file ?? "";
    const line = ["audit", "check", file, "--json", "--on-chain", ...chain];
    const checked = await run(line, { connectChain });
    expect(checked.exitCode).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      verdict: "proven",
      validator: liar.hotkey,
      found: true,
    });
    // On another chain the same file rests on nothing.
    await using other = await Stage.begin(tools, []);
    await other.advanceTo(60);
    const elsewhere = ["--subtensor.chain_endpoint", other.devnet.url];
    const strange = await run(["audit", "check", file, "--json", "--on-chain", ...elsewhere], {
      connectChain,
    });
    expect(strange.exitCode).toBe(1);
    expect(JSON.parse(strange.stdout)).toMatchObject({ verdict: "refused", fault: "FACT_ABSENT" });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
