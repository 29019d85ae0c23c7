import type { SyntheticType } from "@neurond/synthetics";
import type { SyntheticsSection } from "./section.ts";

/** Which switch of the configuration each kind of request has; upstream has one for all text. */
const SWITCHES = {
  chat: "text",
  completion: "text",
  image: "image",
  tts: "tts",
  transcribe: "transcribe",
  embed: "embed",
  moderation: "moderation",
  rerank: "rerank",
} as const satisfies Record<SyntheticType, keyof SyntheticsSection>;

/** Kinds whose switch of this name is on. */
export function chooseTypes(
  section: SyntheticsSection,
  name: "enabled" | "render",
): readonly SyntheticType[] {
  return (Object.keys(SWITCHES) as SyntheticType[]).filter((type) => section[SWITCHES[type]][name]);
}
