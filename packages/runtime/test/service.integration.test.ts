import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

const FIXTURE = new URL("fixtures/service.ts", import.meta.url).pathname;

async function run(ending: string, during: (child: ChildProcess) => void = () => undefined) {
  const child = spawn(process.execPath, ["--conditions=neurond:source", FIXTURE, ending]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const before = output;
    output += chunk.toString();
    if (!before.includes("running") && output.includes("running")) during(child);
  });
  const [code] = await once(child, "exit");
  return { code, output };
}

describe("runService", () => {
  it("releases in reverse order after a signal and exits 0", async () => {
    const { code, output } = await run("wait", (child) => child.kill("SIGTERM"));
    expect(code).toBe(0);
    expect(output).toMatch(/released last acquired[\s\S]*released first/);
  });

  it("exits 1 when a release hangs past its deadline", async () => {
    const { code, output } = await run("hang", (child) => child.kill("SIGINT"));
    expect(code).toBe(1);
    expect(output).toContain("release took too long");
  });

  it("exits at once on a second signal", async () => {
    const { code, output } = await run("hang for long", (child) => {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 50);
    });
    expect(code).toBe(1);
    expect(output).not.toContain("release took too long");
  });

  it("releases, logs and exits 1 when the service throws", async () => {
    const { code, output } = await run("crash");
    expect(code).toBe(1);
    expect(output).toContain("released first");
    expect(output).toContain("cannot go on");
  });

  it("treats a rejection that nobody handles as a bug", async () => {
    const { code, output } = await run("reject");
    expect(code).toBe(1);
    expect(output).toContain("nobody waits for this");
  });
});
