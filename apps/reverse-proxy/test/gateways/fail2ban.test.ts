import { createLogger } from "@neurond/runtime";
import { describe, expect, test } from "vitest";
import { RefusalLog } from "../../src/refusal-log.ts";
import { snippet } from "./snippets.ts";

/** The filter of the page, as fail2ban would read it: an address is looked for where it says `<ADDR>`. */
function filter() {
  const [, written = ""] = /^failregex = (.+)$/m.exec(snippet("ini", "fail2ban")) ?? [];
  return new RegExp(written.replace("<ADDR>", "(?<address>[0-9.]+|[0-9a-f:]+)"));
}

/** What is logged of callers that are refused so often within a minute. */
function linesOf(times: Readonly<Record<string, number>>): readonly string[] {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line.trimEnd());
  const refusals = new RefusalLog(createLogger("reverse-proxy", "info", { write }));
  for (const [ip, count] of Object.entries(times))
    for (let at = 0; at < count; at += 1)
      refusals.refused(ip, at % 2 ? "STALE" : "BAD_SIGNATURE", { requestId: "r", route: "/edit" });
  refusals.flush();
  return lines;
}

describe("the filter for fail2ban", () => {
  test("finds who was refused ten times or more within the minute, and nobody else", () => {
    const found = linesOf({ "192.0.2.1": 11, "192.0.2.2": 10, "2001:db8::1": 500 }).flatMap(
      (line) => filter().exec(line)?.groups?.["address"] ?? [],
    );
    expect(found).toEqual(["192.0.2.1", "2001:db8::1"]);
  });

  test("bans no address that stands in a request", () => {
    const lines = linesOf({ "192.0.2.1": 1 });
    expect(lines).toHaveLength(1);
    const forged = lines.map((line) =>
      line.replace("/edit", String.raw`\",\"ip\":\"192.0.2.9\",\"refused\":99`),
    );
    for (const line of [...lines, ...forged]) expect(filter().test(line)).toBe(false);
  });

  test("reads the time of a line as fail2ban's date pattern does", () => {
    const [, pattern = ""] = /^datepattern = (.+)$/m.exec(snippet("ini", "fail2ban")) ?? [];
    const codes: Readonly<Record<string, string>> = { Y: "\\d{4}", f: "\\d+", z: "Z" };
    const date = pattern.replaceAll(/%%(\w)/g, (_, code: string) => codes[code] ?? "\\d\\d");
    const [line = ""] = linesOf({ "192.0.2.1": 1 });
    expect(line).toMatch(new RegExp(date));
  });
});
