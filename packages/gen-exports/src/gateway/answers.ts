import type { Metrics } from "@neurond/exports";
import type { GatewayFunction } from "./cast.ts";
import { gradientPng, toneWav } from "./media.ts";

/** An answer of a chute, before it is wrapped in a trace or not. */
export type ChuteAnswer = { readonly metrics: Metrics | null } & (
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "bytes"; readonly contentType: string; readonly bytes: Buffer }
  | { readonly kind: "json"; readonly json: unknown }
);

const WORDS = "It depends on how the tide runs, and on who is asked.".split(/(?<= )/);
const PROMPT_TOKENS = 21;

/** What a function answers; the same each time. */
export function chuteAnswer(functionName: GatewayFunction): ChuteAnswer {
  switch (functionName) {
    case "chat_stream":
      return words((text) => ({
        delta: { content: text },
        logprobs: { content: [{ token: text }] },
      }));
    case "completion_stream":
      return words((text) => ({ text, logprobs: { tokens: [text] } }));
    case "generate":
      return bytes("image/png", gradientPng(96, 64));
    case "speak":
      return bytes("audio/wav", toneWav(0.25));
    case "transcribe":
      return json({ text: "the tide comes in twice a day" });
    case "embed":
      return json([Array.from({ length: 1_024 }, (_, at) => Math.sin(at) / 32)]);
    case "rerank":
      return json([
        { index: 1, score: 0.98 },
        { index: 0, score: 0.03 },
      ]);
    case "predict":
      return json([{ label: "not hate speech", score: 0.999 }]);
  }
}

function words(choiceOf: (text: string) => object): ChuteAnswer {
  const usage = { prompt_tokens: PROMPT_TOKENS, completion_tokens: WORDS.length };
  const chunks = [
    ...WORDS.map((text) => ({ choices: [{ index: 0, ...choiceOf(text) }] })),
    { choices: [], usage },
  ];
  return {
    kind: "lines",
    lines: [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}`), "data: [DONE]"],
    metrics: { it: PROMPT_TOKENS, ot: WORDS.length, ttft: 0.05, tps: 40, nc: 0.4 },
  };
}

const bytes = (contentType: string, content: Buffer): ChuteAnswer => ({
  kind: "bytes",
  contentType,
  bytes: content,
  metrics: null,
});
const json = (value: unknown): ChuteAnswer => ({ kind: "json", json: value, metrics: null });
