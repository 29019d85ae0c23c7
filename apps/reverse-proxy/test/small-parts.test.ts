import { createLogger } from "@neurond/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CapacityOverrides, capacityNow } from "../src/capacity.ts";
import { ClockOffsets } from "../src/clock-offsets.ts";
import { readCommandLine } from "../src/command-line.ts";
import { addressKey } from "../src/policies/address-key.ts";
import { KnownAddresses } from "../src/policies/known-addresses.ts";
import { firstDenial, type Policy } from "../src/policy.ts";
import { RefusalLog } from "../src/refusal-log.ts";
import { type Route, RouteTable } from "../src/routes.ts";
import { textLog } from "../src/text-log.ts";
import { settingsFor } from "./harness.ts";

describe("an address", () => {
  test("of IPv6 counts with all that its /64 holds, of IPv4 alone", () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (ip, host) => {
        const head = addressKey(ip).replace("::/64", "");
        const tail = [48n, 32n, 16n, 0n].map((shift) => ((host >> shift) & 0xffffn).toString(16));
        if (head.includes(":"))
          expect(addressKey(`${head}:${tail.join(":")}`)).toBe(addressKey(ip));
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), (ip) =>
        [ip, `::ffff:${ip}`, `::FFFF:${ip}`].every((same) => addressKey(same) === ip),
      ),
    );
    expect(addressKey("2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(addressKey("2001:0DB8:0:0:5::")).toBe("2001:db8:0:0::/64");
    expect(addressKey("2001:db8:0:1::1")).not.toBe(addressKey("2001:db8::1"));
    expect(addressKey("::1")).toBe("0:0:0:0::/64");
  });
});

describe("addresses whose callers are refused", () => {
  const refuse = (known: KnownAddresses, times: number, now: number) => {
    for (let at = 0; at < times; at += 1) known.refused("10.0.0.1", now, 3, 8_000);
    return known.waitMs("10.0.0.1", now);
  };

  test("wait twice as long each time, up to a limit, and not at all before the first few", () => {
    const known = new KnownAddresses();
    expect([2, 1, 1, 1, 1, 1].map((times) => refuse(known, times, 0))).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 8_000,
    ]);
    expect(known.waitMs("10.0.0.1", 7_999)).toBe(1);
    expect(known.waitMs("10.0.0.1", 8_000)).toBe(0);
    expect(known.waitMs("10.0.0.2", 0)).toBe(0);
  });

  test("are forgiven by a key that is proven there, for an hour", () => {
    const known = new KnownAddresses();
    refuse(known, 9, 0);
    known.proved("10.0.0.1", 1);
    expect(refuse(known, 9, 2)).toBe(0);
    expect(known.proven(2)).toEqual(["10.0.0.1"]);
    expect(known.isProven("10.0.0.1", 3_600_001)).toBe(false);
  });
});

describe("policies", () => {
  const said = (name: string, code?: string, later = false): Policy<string[]> => ({
    name,
    judge: (asked) => {
      asked.push(name);
      const deny = code === undefined ? undefined : { status: 400, code, detail: "" };
      return later ? Promise.resolve(deny) : deny;
    },
  });

  test("are asked in order, until one denies, and without waiting where none takes time", async () => {
    const asked: string[] = [];
    expect(firstDenial([said("a"), said("b", "B"), said("c")], asked)).toMatchObject({
      policy: "b",
      deny: { code: "B" },
    });
    expect(firstDenial([said("d")], asked)).toBeUndefined();
    const later = firstDenial(
      [said("e", undefined, true), said("f"), said("g", "G"), said("h")],
      asked,
    );
    expect(await later).toMatchObject({ policy: "g" });
    expect(asked.join("")).toBe("abdefg");
  });
});

describe("routes", () => {
  const route = (name: string, ...methods: string[]): Route => {
    const [base] = settingsFor("http://127.0.0.1:1").routes;
    if (base === undefined) throw new Error("no route");
    const match = name.endsWith("/*")
      ? ({ kind: "prefix", path: name.slice(0, -1) } as const)
      : ({ kind: "exact", path: name } as const);
    return { ...base, name, methods, match };
  };
  const table = new RouteTable([
    route("/a", "GET"),
    route("/a", "POST"),
    route("/a/*", "GET"),
    route("/a/b/*", "PUT"),
  ]);
  const named = (method: string, path: string) => {
    const found = table.find(method, path);
    return found.kind === "route" ? found.route.name : found.kind;
  };

  test("are found by bytes: exact ones first, then the longest beginning", () => {
    expect([named("POST", "/a"), named("GET", "/a/x"), named("PUT", "/a/b/c")]).toEqual([
      "/a",
      "/a/*",
      "/a/b/*",
    ]);
    expect([named("GET", "/A"), named("GET", "/a%2F"), named("GET", "/")]).toEqual([
      "unknown",
      "unknown",
      "unknown",
    ]);
    expect(table.find("DELETE", "/a")).toEqual({ kind: "method", allow: ["GET", "POST"] });
  });
});

describe("capacity", () => {
  const settings = settingsFor("http://127.0.0.1:1").config.capacity;
  const both = { ...settings, inference: ["a"], training: ["t"] };

  test("follows the upstreams, and a full one only where that is asked for", () => {
    const of = (state: "ready" | "saturated" | "down", shedWhenFull = false) =>
      capacityNow({ ...both, shedWhenFull }, () => state, new CapacityOverrides(), false).flags;
    expect([of("ready"), of("saturated")]).toEqual([
      { a: true, t: true },
      { a: true, t: true },
    ]);
    expect([of("saturated", true), of("down")]).toEqual([
      { a: false, t: false },
      { a: false, t: false },
    ]);
  });

  test("is nothing while we drain, whatever was said by hand", () => {
    const overrides = new CapacityOverrides();
    overrides.set("a", true);
    expect(capacityNow(both, () => "ready", overrides, true)).toEqual({
      flags: { a: false, t: false },
      lists: { inference: [], training: [] },
    });
  });
});

test("the clock offset is the median of the last callers', so that one wrong clock says nothing", () => {
  const offsets = new ClockOffsets();
  expect(offsets.median()).toBe(0);
  for (let at = 0; at < 99; at += 1) offsets.add(20);
  for (let at = 0; at < 40; at += 1) offsets.add(-900_000);
  expect(offsets.median()).toBe(20);
  for (let at = 0; at < 101; at += 1) offsets.add(7);
  expect(offsets.median()).toBe(7);
});

test("refusals of more addresses than are told apart are told together", () => {
  const lines: Record<string, unknown>[] = [];
  const log = new RefusalLog(
    createLogger("x", "info", { write: (line) => lines.push(JSON.parse(line)) }),
  );
  for (let at = 0; at < 1_005; at += 1) log.refused(`10.0.${at >> 8}.${at & 255}`, "STALE", {});
  expect(lines).toHaveLength(1_000);
  log.flush();
  expect(lines.slice(1_000)).toMatchObject([{ ip: "others", refused: 5, codes: { STALE: 5 } }]);
});

test("a text log has time, level, name and message, and then the fields", () => {
  let written = "";
  const log = createLogger(
    "reverse-proxy",
    "info",
    textLog((line) => (written += line)),
  );
  log.warn({ port: 8080, why: "a reason", list: [1] }, "something");
  expect(written).toMatch(
    /^\d{4}-[^|]+ \| WARN {5}\| reverse-proxy - something port=8080 why=a reason list=\[1\]\n$/,
  );
});

describe("the command line", () => {
  test("names a configuration and settings that win over all others", () => {
    const args = ["--port", "9", "--set", "auth.open=true", "--set", "a.b=c=d", "--reload", "dir"];
    expect(readCommandLine(args)).toEqual({
      kind: "run",
      path: "dir",
      checkOnly: false,
      overrides: { "server.port": "9", "server.reload": "true", "auth.open": "true", "a.b": "c=d" },
    });
    expect(readCommandLine(["--config", "f", "--check-config"])).toMatchObject({
      path: "f",
      checkOnly: true,
    });
  });

  test.each([["--nonsense"], ["--set", "x"], ["a", "b"]])("%s is told to be wrong", (...args) => {
    expect(readCommandLine(args)).toMatchObject({ kind: "wrong" });
  });
});
