export { type AnswerContent, AnswerLog, type Media } from "./answer.ts";
export { type Chute, type ChuteList, type Cord, parseChutes } from "./chutes.ts";
export { Dice } from "./dice.ts";
export { SYNTHETICS_ERRORS, type SyntheticsCode, syntheticsError } from "./errors.ts";
export { type SyntheticFinding, syntheticFinding } from "./findings.ts";
export { judgeProbe, type ProbeView } from "./judge.ts";
export { KeyRing } from "./key-ring.ts";
export { type BlindProbe, type Probe, probeKey, type TracedProbe, tracedProbe } from "./probe.ts";
export { builtInPrompts } from "./prompts/built-in.ts";
export { isEnglish, parseSamples, promptsFrom, Samples } from "./prompts/json-lines.ts";
export type { Message, Prompts } from "./prompts/prompts.ts";
export { halfBlocks } from "./render/half-blocks.ts";
export { kittyImage } from "./render/kitty.ts";
export { fitInto, type Picture } from "./render/picture.ts";
export { sixels } from "./render/sixel.ts";
export {
  drawn,
  GRAPHICS,
  type Graphics,
  graphicsOf,
  harmless,
  type Terminal,
} from "./render/terminal.ts";
export {
  type Choice,
  drawRequest,
  ENDPOINTS,
  type Endpoints,
  type SyntheticRequest,
} from "./request.ts";
export { nextMoment, type Schedule } from "./schedule.ts";
export { resultLine, shapeOf } from "./shape.ts";
export {
  omissionLine,
  type SampleSummary,
  type SyntheticSummary,
  summarise,
} from "./statistics.ts";
export {
  type BadResult,
  badResult,
  type Count,
  type Judgement,
  MemorySynthetics,
  type SyntheticStore,
} from "./store.ts";
export { TASKS } from "./tasks/all.ts";
export {
  type Payload,
  SYNTHETIC_TYPES,
  type SyntheticTask,
  type SyntheticType,
} from "./tasks/task.ts";
