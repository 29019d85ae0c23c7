import { describe, expect, it } from "vitest";
import {
  givenOptions,
  optionSchema,
  readCommandLine,
  VALIDATOR_OPTIONS,
  withOptionDefaults,
} from "../src/index.ts";

const read = (line: string) => readCommandLine(line.split(" ").filter(Boolean), VALIDATOR_OPTIONS);

describe("a command line", () => {
  it("is a configuration file, options, or both", () => {
    expect(read("")).toEqual({ overrides: {}, wantsHelp: false, hasOptions: false });
    expect(read("validator.yaml")).toMatchObject({ file: "validator.yaml", hasOptions: false });
    expect(read("v.yaml --netuid 4 --neuron.maxsize=9")).toMatchObject({
      file: "v.yaml",
      overrides: { netuid: "4", "neuron.maxsize": "9" },
      hasOptions: true,
    });
    expect(read("--help").wantsHelp).toBe(true);
  });

  it("brings the defaults of options where a file says nothing, and nowhere else", () => {
    const file = { netuid: 4, http: { host: "::" } };
    const filled = withOptionDefaults(file, VALIDATOR_OPTIONS, { "weights.everyBlocks": 200 });
    expect(filled).toMatchObject({
      netuid: 4,
      http: { host: "::", port: 8091 },
      chain: { network: "finney" },
      weights: { everyBlocks: 200 },
    });
    expect(filled).not.toHaveProperty("log");
    expect(file).toEqual({ netuid: 4, http: { host: "::" } });
  });

  it("tells given options from defaults, also when they were given as the default", () => {
    const values = optionSchema(VALIDATOR_OPTIONS).parse({ "neuron.vpermit_tao_limit": 7 });
    const given = givenOptions(VALIDATOR_OPTIONS, values, { "neuron.maxsize": "0", netuid: "1" });
    expect([...given].sort()).toEqual(["neuron.maxsize", "neuron.vpermit_tao_limit"]);
  });
});
