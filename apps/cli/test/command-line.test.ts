import { WALLET_ERRORS } from "@neurond/chain/wallet";
import { CodedError } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../src/commands/index.ts";
import { EXIT_CODES, exitCodeOf, failureOf } from "../src/failures.ts";
import { run } from "./run.ts";

describe("help", () => {
  test("names every command and goes to stdout", async () => {
    const { exitCode, stdout, stderr } = await run(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`${name}(\\|\\w)? .*${summary}`));
  });

  test.each(COMMANDS.map(({ name }) => name))(
    "%s says what it takes, with examples",
    async (name) => {
      const entry = COMMANDS.find((one) => one.name === name);
      for (const action of (await entry?.load()) ?? []) {
        const line = action.name === name ? [name] : [name, action.name];
        const { exitCode, stdout } = await run([...line, "--help"]);
        expect(exitCode).toBe(0);
        expect(stdout).toContain(action.summary);
        expect(action.examples.length).toBeGreaterThan(0);
        for (const example of action.examples) {
          expect(example).toMatch(new RegExp(`\\bneurond ${line.join(" ")}\\b`));
          expect(stdout).toContain(example);
        }
        expect((await run(["help", ...line])).stdout).toBe(stdout);
      }
    },
  );

  test("the version is the package's", async () => {
    expect(await run(["--version"])).toMatchObject({ exitCode: 0, stdout: "0.0.0\n" });
  });
});

describe("started as ftcli, it says so", () => {
  const ftcli = (line: readonly string[]) => run(line, { program: "ftcli" });

  test("in help, usage and examples", async () => {
    expect((await ftcli(["--help"])).stdout).toMatch(/^Usage: ftcli /);
    const { stdout } = await ftcli(["store", "put", "--help"]);
    expect(stdout).toContain("Usage: ftcli store put ");
    expect(stdout).toContain("\n  ftcli store put report.pdf");
    expect(stdout).not.toMatch(/^ *neurond /m);
  });

  test("in errors", async () => {
    expect((await ftcli(["nonsense"])).stderr).toMatch(/^ftcli: USAGE: /);
  });

  test("and without arguments shows its help, and ends as a line without a command does", async () => {
    const { exitCode, stdout, stderr } = await ftcli([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: ftcli /);
    expect(stderr.split("\n").at(-2)).toBe("ftcli: USAGE: name a command; see --help");
  });
});

describe("a line that means nothing ends with 2", () => {
  test.each([
    [["nonsense"], /unknown command 'nonsense'/],
    [["keys", "nonsense"], /unknown command 'nonsense'/],
    [["keys", "list", "--nonsense"], /unknown option '--nonsense'/],
    [["keys", "list", "extra"], /too many arguments/],
    [["keys", "list", "--wallet.path"], /argument missing/],
    [[], /name a command/],
    [["keys"], /name a command/],
  ])("%j", async (line, message) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.split("\n").at(-2)).toMatch(/^neurond: USAGE: /);
  });

  test("with --json the answer is JSON on stdout all the same", async () => {
    const { exitCode, stdout } = await run(["nonsense", "--json-output"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "USAGE" } });
  });
});

test("an interrupt ends a command with 130 and without a result", async () => {
  const answer = await run(["keys", "sign", "--uri", "//Alice", "hello"], {
    signal: AbortSignal.abort(),
  });
  expect(answer).toEqual({
    exitCode: 130,
    stdout: "",
    stderr: "neurond: INTERRUPTED: interrupted\n",
  });
});

test("an interrupt ends a command that does not listen to it", async () => {
  const interrupt = new AbortController();
  const connectChain = () => {
    interrupt.abort();
    return new Promise<never>(() => undefined);
  };
  const answer = await run(["chain", "status"], { signal: interrupt.signal, connectChain });
  expect(answer).toMatchObject({ exitCode: 130, stdout: "" });
});

describe("exit codes", () => {
  test.each([
    ["USAGE", 2],
    ["SS58_INVALID", 2],
    ["NETWORK_UNKNOWN", 2],
    ["ENDPOINTS_EXHAUSTED", 3],
    ["DEADLINE_EXCEEDED", 3],
    ["BAD_PASSWORD", 4],
    ["SOMETHING_ELSE", 1],
  ])("%s is %i", async (code, exitCode) => {
    expect(await exitCodeOf(failureOf(new CodedError(code, "…")))).toBe(exitCode);
    expect(EXIT_CODES).toHaveProperty(String(exitCode));
  });

  test("every wallet error is a wallet problem, but for an interrupted prompt", async () => {
    for (const code of Object.keys(WALLET_ERRORS)) {
      const exitCode = await exitCodeOf({ code, message: "", context: {} });
      expect([code, exitCode]).toEqual([code, code === "PROMPT_INTERRUPTED" ? 130 : 4]);
    }
  });

  test("trouble while cleaning up does not hide what went wrong", () => {
    const wrong = new CodedError("DEADLINE_EXCEEDED", "no answer");
    const error = new SuppressedError(new Error("cleaning up"), wrong);
    expect(failureOf(error)).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  test("what was never expected is called a bug, in one line", () => {
    expect(failureOf(new TypeError("x is\nundefined"))).toMatchObject({
      code: "BUG",
      message: "x is undefined",
    });
  });
});
