import type { Chute } from "../chutes.ts";
import type { Dice } from "../dice.ts";
import type { Prompts } from "../prompts/prompts.ts";

/** Every kind of request. */
export const SYNTHETIC_TYPES = [
  "chat",
  "completion",
  "image",
  "tts",
  "transcribe",
  "embed",
  "moderation",
  "rerank",
] as const;
export type SyntheticType = (typeof SYNTHETIC_TYPES)[number];

/** What is sent as JSON. */
export type Payload = Readonly<Record<string, unknown>>;

/** Where it is sent: a language model behind the one host of all, or a path of the chute's own host. */
export type Route =
  | { readonly host: "llm"; readonly path: string }
  | { readonly host: "chute"; readonly path: string };

/** One kind of request: whom it may go to, and what it asks. */
export interface SyntheticTask {
  readonly type: SyntheticType;
  /** Whether a hot chute serves this kind. */
  fits(chute: Chute): boolean;
  compose(
    chute: Chute,
    prompts: Prompts,
    dice: Dice,
  ): { readonly route: Route; readonly payload: Payload };
}
