import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressKind } from "../src/index.ts";

const ipv6Like = fc
  .array(fc.constantFrom(":", "::", "0", "1", "db8", "ffff", "12345", "g", ".", "1.2.3.4", "%"), {
    maxLength: 12,
  })
  .map((parts) => parts.join(""));

describe("an address", () => {
  test("is IPv6 exactly when Node says so, but for zones", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), ipv6Like), (text) => {
        const expected = isIPv6(text) && !text.includes("%");
        expect([text, addressKind(text) === "ipv6"]).toEqual([text, expected]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is IPv4 exactly when Node says so", () => {
    const parts = fc.array(fc.oneof(fc.nat(300).map(String), fc.constant("01")), { maxLength: 5 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          parts.map((some) => some.join(".")),
        ),
        (text) => {
          expect([text, addressKind(text) === "ipv4"]).toEqual([text, isIPv4(text)]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each(["miner.example", "a", "xn--bcher-kva.example", "1.example", "A-1.example"])(
    "%s is a name",
    (text) => expect(addressKind(text)).toBe("name"),
  );

  test.each([
    ["evil.com/x?", "would steer the path of a URL"],
    ["user@evil.com", "would hide the host of a URL"],
    ["127.1", "is 127.0.0.1 to URL parsers"],
    ["2130706433", "is 127.0.0.1 to URL parsers"],
    ["0x7f000001", "is 127.0.0.1 to URL parsers"],
    ["evil.0x7f", "ends like a number"],
    ["010.0.0.1", "is octal to some"],
    ["evil.com#", "would cut a URL"],
    ["evil.com\\", "is a slash to URL parsers"],
    ["evil.com.", "is the same host under another spelling"],
    ["-a.example", "no label begins with a hyphen"],
    ["a..b", "no label is empty"],
    ["a_b.example", "no certificate has underscores"],
    ["fe80::1%eth0", "has a zone"],
    ["", "is nothing"],
  ])("%j is none: it %s", (text) => expect(addressKind(text)).toBeNull());

  test("that is accepted is the host of the URL made of it, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const kind = addressKind(text);
        if (kind === null) return;
        const url = new URL(`https://${kind === "ipv6" ? `[${text}]` : text}:8443`);
        expect([url.port, url.pathname, url.username]).toEqual(["8443", "/", ""]);
        if (kind !== "ipv6") expect(url.hostname).toBe(text.toLowerCase());
      }),
      { numRuns: 2_000 },
    );
  });
});
