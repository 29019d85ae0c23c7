import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { CodedError } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { Output, type OutputOptions } from "../src/output.ts";
import { withProgress } from "../src/progress.ts";
import { printable, renderPairs, renderTable } from "../src/table.ts";

const columns = [{ title: "NAME" }, { title: "STAKE", align: "right" }] as const;

describe("a table", () => {
  test("lines up, numbers to the right, without trailing space", () => {
    expect(
      renderTable(
        columns,
        [
          ["a", "1"],
          ["longer", "100000"],
          ["b", ""],
        ],
        false,
      ),
    ).toBe(["NAME     STAKE", "a            1", "longer  100000", "b"].join("\n"));
  });

  test("counts wide characters double and marks not at all", () => {
    const rows = [
      ["日本", "1"],
      ["e\u0301", "2"],
      ["🦊", "3"],
    ];
    expect(renderTable(columns, rows, false).split("\n").slice(1)).toEqual([
      "日本      1",
      "e\u0301         2",
      "🦊        3",
    ]);
  });

  test("has colour only when asked for", () => {
    expect(renderTable(columns, [], true)).toContain("\u001b[2m");
    expect(renderPairs([["a", "b"]], false)).toBe("a  b");
  });

  test("text from outside cannot move the cursor, start a line or turn the direction", () => {
    expect(printable("a\u001b[2Jb\nc\u202ed\u0007\u0000e")).toBe("ab�c�d��e");
  });
});

function sinks(terminal: boolean) {
  const sink = () => Object.assign(new PassThrough(), { isTTY: terminal, columns: 40 });
  const connectChain = () => Promise.reject(new Error("printing needs no chain"));
  return { stdin: new PassThrough(), stdout: sink(), stderr: sink(), connectChain };
}

async function printed(
  use: (output: Output) => unknown,
  options: Partial<OutputOptions & { terminal: boolean; env: Record<string, string> }> = {},
) {
  const { terminal = false, env = {}, ...rest } = options;
  const streams = sinks(terminal);
  const { signal } = new AbortController();
  const output = new Output(
    { program: "neurond", ...streams, env, signal },
    { json: false, quiet: false, debug: false, ...rest },
  );
  await use(output);
  streams.stdout.end();
  streams.stderr.end();
  return { stdout: await text(streams.stdout), stderr: await text(streams.stderr) };
}

describe("a result", () => {
  const show = (output: Output) =>
    output.result({ a: 1 }, ({ a }, view) => view.pairs([["a", String(a)]]));

  test("is alone on stdout, as text or as one line of JSON", async () => {
    expect(await printed(show)).toEqual({ stdout: "a  1\n", stderr: "" });
    expect(await printed(show, { json: true })).toEqual({ stdout: '{"a":1}\n', stderr: "" });
  });

  test("has colour on a terminal, unless NO_COLOR is set", async () => {
    expect((await printed(show, { terminal: true })).stdout).toContain("\u001b[");
    const plain = { terminal: true, env: { NO_COLOR: "1" } };
    expect((await printed(show, plain)).stdout).toBe("a  1\n");
    expect((await printed(show, { ...plain, env: { NO_COLOR: "" } })).stdout).toContain("\u001b[");
  });
});

describe("a failure", () => {
  const error = new CodedError("SOME_CODE", "it failed", { amountRao: 5n });
  const fail = (output: Output) => output.failure(error, error);

  test("is one line on stderr, or an object on stdout, never a stack", async () => {
    expect(await printed(fail)).toEqual({ stdout: "", stderr: "neurond: SOME_CODE: it failed\n" });
    const { stdout, stderr } = await printed(fail, { json: true });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "SOME_CODE", message: "it failed", context: { amountRao: "5" } },
    });
  });

  test("shows its stack with --debug", async () => {
    expect((await printed(fail, { debug: true })).stderr).toContain("    at ");
  });
});

describe("progress", () => {
  const slow = () => delay(1400, "done");
  const shownBy = async (
    terminal: boolean,
    quiet: boolean,
    work: () => Promise<string>,
    isAsking = () => false,
  ) => {
    const { stderr } = sinks(terminal);
    expect(await withProgress("working", work(), { stderr, quiet, isAsking })).toBe("done");
    stderr.end();
    return text(stderr);
  };

  test("appears on a terminal after a second and is wiped at the end", async () => {
    const shown = await shownBy(true, false, slow);
    expect(shown).toContain("working … 1 s");
    expect(shown.endsWith("\r\u001b[K")).toBe(true);
  });

  test("never appears for what is quick, in a pipe, when quiet, or over a question", async () => {
    const silent = await Promise.all([
      shownBy(true, false, async () => "done"),
      shownBy(false, false, slow),
      shownBy(true, true, slow),
      shownBy(true, false, slow, () => true),
    ]);
    expect(silent).toEqual(["", "", "", ""]);
  });
});
