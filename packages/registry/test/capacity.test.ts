import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  orchestratorObjection,
  parseCapacity,
  wouldTheHeadOrchestratorAccept,
} from "../src/index.ts";

describe("a capacity document", () => {
  test("of flags says yes and no", () => {
    const document = { "base-h100_pcie": true, "img-h100_pcie": false };
    expect(parseCapacity(document)).toEqual({
      ok: true,
      shape: "flags",
      capabilities: new Map([
        ["base-h100_pcie", true],
        ["img-h100_pcie", false],
      ]),
    });
    expect(wouldTheHeadOrchestratorAccept(document)).toBe(true);
  });

  test("of lists is read as well, and gets no work from the present orchestrator", () => {
    const document = { inference: ["base-h100_pcie"], training: ["H100pcie"] };
    expect(parseCapacity(document)).toEqual({
      ok: true,
      shape: "lists",
      capabilities: new Map([
        ["base-h100_pcie", true],
        ["H100pcie", true],
      ]),
    });
    expect(orchestratorObjection(document)).toMatch(/^lists are refused/);
  });

  test.each([
    [null, "the document is no JSON object"],
    [undefined, "the document is no JSON object"],
    [["base"], "the document is no JSON object"],
    [{ base: 1 }, '"base" is no boolean'],
    [{ base: "true" }, '"base" is no boolean'],
    [{ base: true, inference: ["base"] }, '"base" is no list of names'],
    [{ inference: [1] }, '"inference" is no list of names'],
    [{ ["x".repeat(129)]: true }, "a name is longer than 128 characters"],
    [
      Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`c${at}`, true])),
      "there are more than 256 capabilities",
    ],
  ])("%j cannot be read: %s", (document, reason) => {
    expect(parseCapacity(document)).toEqual({ ok: false, reason });
    expect(wouldTheHeadOrchestratorAccept(document)).toBe(false);
  });

  test("is read without throwing, whatever a miner sends", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        expect(orchestratorObjection(document) === null).toBe(
          wouldTheHeadOrchestratorAccept(document),
        );
      }),
    );
  });
});
