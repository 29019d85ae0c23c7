import { describe, expect, test } from "vitest";
import { type EpochInput, runEpoch } from "../../src/yuma/epoch.ts";
import { exp } from "../../src/yuma/exp.ts";
import { pairRow, pairsOf } from "../../src/yuma/pair-row.ts";
import { maxUpscale } from "../../src/yuma/upscale.ts";
import { referenceEpoch, exp as referenceExp } from "./reference.ts";
import vectors from "./vectors.json" with { type: "json" };

type Scenario = (typeof vectors.measured)[number] | (typeof vectors.derived)[number];
type Epoch = Scenario["epochs"][number];

const rao = (stake: readonly string[]) => stake.map((text) => BigInt(text) << 64n);
const rows = (lists: readonly (readonly number[][])[]) =>
  lists.map((list) => pairRow(list.map(([uid = 0, value = 0]) => [uid, value] as const)));

function inputOf(scenario: Scenario, epoch: Epoch): EpochInput {
  const { params } = scenario;
  const { input } = epoch;
  const measured = "stakeRao" in scenario;
  const derived = "stakeRao" in input ? input : undefined;
  return {
    n: params.n,
    block: epoch.block,
    tempo: "tempo" in params ? params.tempo : 0,
    activityCutoff: params.activityCutoff,
    stake: rao(measured ? scenario.stakeRao : (derived?.stakeRao ?? [])),
    lastUpdate: input.lastUpdate,
    blockAtRegistration: measured ? scenario.registeredAt : (derived?.registeredAt ?? []),
    validatorPermit: input.validatorPermit,
    weights: rows(input.weights),
    bonds: rows(input.bonds),
    ownerUid: params.ownerUid ?? undefined,
    kappa: params.kappa,
    bondsPenalty: params.bondsPenalty,
    bondsMovingAverage: params.bondsMovingAverage,
    maxAllowedValidators: params.maxAllowedValidators,
    stakeThreshold: BigInt(params.stakeThreshold),
    yuma3: params.yuma3,
    liquidAlpha:
      params.liquidAlpha && "alphaLow" in params
        ? {
            low: params.alphaLow ?? 0,
            high: params.alphaHigh ?? 0,
            steepness: params.alphaSigmoidSteepness ?? 0,
          }
        : undefined,
    earliestCommit: undefined,
    lastMechanismStepBlock: "lastStep" in epoch ? epoch.lastStep : 0,
    emission: BigInt(derived?.emission ?? 0),
  };
}

/** The vector's fields under our names; `validatorPermit` of a measured epoch by today's rule. */
function expectedOf({ output }: Epoch) {
  const common = {
    active: output.active,
    stakeWeight: output.stakeWeight,
    consensus: output.consensus,
    incentive: output.incentive,
    dividends: output.dividends,
    validatorTrust: output.validatorTrust,
    validatorPermit:
      "validatorPermit424" in output ? output.validatorPermit424 : output.validatorPermit,
    bonds: output.bonds,
  };
  if (!("combinedEmission" in output)) return common;
  return {
    ...common,
    serverEmission: output.serverEmission.map(BigInt),
    validatorEmission: output.validatorEmission.map(BigInt),
    emission: output.combinedEmission.map(BigInt),
  };
}

describe.each([
  ["the runtime", vectors.measured],
  ["the model of the runtime", vectors.derived],
] as const)("an epoch gives what %s gave", (_, scenarios) => {
  const epochs = scenarios.flatMap((scenario: Scenario) =>
    scenario.epochs.map((epoch: Epoch) => ({
      name: `${scenario.name}, block ${epoch.block}`,
      input: inputOf(scenario, epoch),
      expected: expectedOf(epoch),
    })),
  );

  test.each(epochs)("$name", ({ input, expected }) => {
    const output = runEpoch(input);
    expect({ ...output, bonds: output.bonds.map(pairsOf) }).toMatchObject(expected);
    expect(output).toEqual(referenceEpoch(input));
  });
});

test.each(vectors.upscale)("weights $in are stored as $out", ({ in: values, out }) => {
  expect(maxUpscale(values)).toEqual(out);
});

test.each(vectors.expI32F32)("e^$x is $bits in raw bits", ({ xBits, bits }) => {
  expect(exp(Number(xBits))).toBe(Number(bits));
  expect(referenceExp(BigInt(xBits))).toBe(BigInt(bits));
});
