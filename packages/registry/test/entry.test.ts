import { isPrivateAddress } from "@neurond/chain";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  classifyCommitment,
  encodeEntry,
  endpointUrl,
  parseEntry,
  registrationOf,
  warningsOf,
} from "../src/index.ts";

const raw = (text: string) => ({ kind: "raw", bytes: Buffer.from(text, "latin1") });
const problemOf = (text: string) => {
  const parsed = parseEntry(text);
  return parsed.ok ? null : parsed.problem.code;
};

describe("an entry", () => {
  test("comes back as it was registered, whatever the address", () => {
    const addresses = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(addresses, fc.integer({ min: 1, max: 65_535 }), (address, port) => {
        fc.pre(address.length <= 45);
        const made = registrationOf(address, String(port));
        if (!made.ok) expect.unreachable(JSON.stringify(made.problems));
        expect(parseEntry(made.text)).toEqual({
          ok: true,
          endpoint: made.endpoint,
          legacyIpv6: false,
        });
        expect(made.endpoint).toMatchObject({ address, port });
      }),
    );
  });

  test.each([
    ["miner.example:8443", "miner.example", "name", 8443, false],
    ["203.0.113.7:80", "203.0.113.7", "ipv4", 80, false],
    ["[2001:db8::1]:8080", "2001:db8::1", "ipv6", 8080, false],
    ["2001:db8::1:8080", "2001:db8::1", "ipv6", 8080, true],
    ["miner.example:0", "miner.example", "name", 0, false],
    ["miner.example:00080", "miner.example", "name", 80, false],
  ])("%s is %s, %s, port %i", (text, address, kind, port, legacyIpv6) => {
    expect(parseEntry(text)).toEqual({ ok: true, endpoint: { address, kind, port }, legacyIpv6 });
  });

  test.each([
    ["miner.example", "PORT_MISSING"],
    [":80", "ADDRESS_MISSING"],
    ["miner.example: 80", "PORT_INVALID"],
    ["miner.example:+80", "PORT_INVALID"],
    ["miner.example:8_0", "PORT_INVALID"],
    ["miner.example:65536", "PORT_INVALID"],
    ["miner.example:000080", "PORT_INVALID"],
    ["miner.example:", "PORT_INVALID"],
    ["evil.com/x?:80", "ADDRESS_INVALID"],
    ["[::1:80", "ADDRESS_INVALID"],
    ["[miner.example]:80", "ADDRESS_INVALID"],
    [`${"a".repeat(46)}:80`, "ADDRESS_TOO_LONG"],
    [`${"a".repeat(129)}`, "ENTRY_TOO_LONG"],
    ["miner\u00e9.example:80", "ENTRY_UNPRINTABLE"],
    ["miner.example:80\n", "ENTRY_UNPRINTABLE"],
  ])("%j is refused: %s", (text, code) => expect(problemOf(text)).toBe(code));

  test("is read without throwing, whatever stands on chain", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const entry = classifyCommitment([{ kind: "raw", bytes }]);
        if (entry.kind === "endpoint") expect(entry.text).toContain(entry.endpoint.address);
      }),
    );
  });

  test("makes a URL with the scheme that was asked for", () => {
    const endpoint = { address: "2001:db8::1", kind: "ipv6", port: 8443 } as const;
    expect(encodeEntry(endpoint)).toBe("[2001:db8::1]:8443");
    expect(endpointUrl(endpoint)).toBe("https://[2001:db8::1]:8443");
    expect(endpointUrl(endpoint, "http")).toBe("http://[2001:db8::1]:8443");
  });
});

describe("what is about to be registered", () => {
  const messages = (address: string, port: string) => {
    const made = registrationOf(address, port);
    return made.ok ? [] : made.problems.map(({ message }) => message);
  };

  test("is refused with the messages that scripts look for, all at once", () => {
    expect(messages("a".repeat(130), "65536")).toEqual([
      "Address exceeds maximum length: 130 bytes, limit 45",
      'Port must be between 0 and 65535: "65536" is no port',
      "Commit string length exceeds maximum: 136 bytes, limit 128",
    ]);
  });

  test("is measured in bytes, as the chain does", () => {
    expect(messages("\u00e9".repeat(23), "80")[0]).toBe(
      "Address exceeds maximum length: 46 bytes, limit 45",
    );
  });

  test("may not name port 0, at which nobody can be reached", () => {
    expect(messages("miner.example", "0")).toEqual([
      "Port must be between 0 and 65535, and nobody can be reached at 0",
    ]);
  });

  test("takes an IPv6 address with or without brackets", () => {
    for (const address of ["2001:db8::1", "[2001:db8::1]"]) {
      expect(registrationOf(address, "80")).toMatchObject({ ok: true, text: "[2001:db8::1]:80" });
    }
  });
});

describe("a commitment holds", () => {
  test.each([
    ["miner.example:8443", "endpoint"],
    ["2001:db8::1:8080", "endpoint"],
    ["org:model:chatml:5Grw:0xab:11", "legacy-model"],
    ["None:model:None:None:0xab", "legacy-model"],
    ["miner.example", "unparsable"],
    ["miner.example:port", "unparsable"],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', "foreign"],
    ["[1,2,3]", "foreign"],
    ["https://miner.example:8443", "foreign"],
    ["p2p:12D3KooW", "foreign"],
    ["/ip4/203.0.113.7/tcp/4001", "foreign"],
    ["\u0001\u0002\u0003", "foreign"],
    ["", "missing-data"],
  ])("%j: %s", (text, kind) => {
    expect(classifyCommitment([raw(text)]).kind).toBe(kind);
  });

  test("no text when it has hashes or timelocked bytes only", () => {
    expect(classifyCommitment([]).kind).toBe("missing-data");
    expect(classifyCommitment([{ kind: "sha-256" }, { kind: "none" }]).kind).toBe("missing-data");
  });

  test("somebody else's format when there are several fields and the first is no endpoint", () => {
    expect(classifyCommitment([raw("run-7"), raw("0xab")]).kind).toBe("foreign");
    expect(classifyCommitment([raw("run-7")]).kind).toBe("unparsable");
  });
});

describe("an endpoint is warned about", () => {
  const warnings = (text: string) => {
    const entry = classifyCommitment([raw(text)]);
    if (entry.kind !== "endpoint") expect.unreachable(entry.kind);
    return warningsOf(entry, isPrivateAddress);
  };

  test.each([
    ["miner.example:8443", []],
    ["8.8.8.8:8443", []],
    ["miner.example:0", ["port-zero"]],
    ["[2606:4700::1]:8443", ["ipv6-invisible"]],
    ["2606:4700::1:8443", ["ipv6-invisible", "legacy-ipv6"]],
    ["10.0.0.7:8443", ["private-address"]],
    ["[fd00::1]:8443", ["ipv6-invisible", "private-address"]],
    ["localhost:8443", ["private-address"]],
    ["nas.home.arpa:8443", ["private-address"]],
    ["metadata.google.internal:80", ["private-address"]],
  ])("%s: %j", (text, expected) => expect(warnings(text)).toEqual(expected));
});
