import { secret } from "@neurond/runtime";
import { GRAPHICS } from "@neurond/synthetics";
import { z } from "zod";

const flag = (fallback: boolean, text: string) => z.boolean().default(fallback).describe(text);
const kind = (what: string, isEnabled = true) => ({
  enabled: flag(isEnabled, `Whether ${what} are requested`),
  render: flag(true, `Whether ${what} are shown: in a terminal, else as files of the directory`),
});

/** The older auditor's keys of a data set. Nothing is downloaded: a file holds it, or our own prompts do. */
const dataset = (name: string, field: string) => ({
  dataset: z
    .strictObject({
      name: z.string().default(name).describe("Name of a data set; it is not downloaded"),
      options: z
        .record(z.string(), z.unknown())
        .default({ split: "train" })
        .transform(() => null)
        .describe("Options of its download; they mean nothing here"),
      field_name: z.string().min(1).default(field).describe("Field of the text in the file"),
    })
    .prefault({}),
  prompts_file: z
    .string()
    .min(1)
    .optional()
    .describe("The data set as JSON lines; prompts of our own when absent"),
});

/** The `synthetics` section: requests of our own, to be looked for in the exports. */
export const SyntheticsSection = z.strictObject({
  enabled: flag(false, "Whether requests of our own are made; each is paid for by an API key"),
  api_key: secret()
    .optional()
    .describe("API key that pays")
    .meta({ env: "CHUTES_API_KEY", secret: true }),
  api_keys: z.array(secret()).max(100).default([]).describe("More keys; they take turns"),
  validator: z
    .string()
    .optional()
    .describe("Name or hotkey of the audited validator that is asked; the first when absent"),
  interval_s: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe("Seconds in which at most one request is made"),
  schedule: z
    .enum(["poisson", "fixed"])
    .default("poisson")
    .describe("At moments nobody can foresee, or one after each interval"),
  blind_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Share of requests that ask for no trace and so look like anybody's"),
  endpoints: z
    .strictObject({
      llm: z.url().default("https://llm.chutes.ai").describe("Where language models are asked"),
      chute: z
        .string()
        .regex(/^https?:\/\/.*\{slug\}/)
        .default("https://{slug}.chutes.ai")
        .describe("Where a chute is asked; {slug} stands for its name"),
    })
    .prefault({}),
  text: z
    .strictObject({
      ...kind("chats and completions"),
      ...dataset("allenai/WildChat-1M", "conversation"),
    })
    .prefault({}),
  image: z
    .strictObject({
      ...kind("images"),
      ...dataset("Falah/image_generation_prompts_SDXL", "prompts"),
    })
    .prefault({}),
  tts: z
    .strictObject({
      ...kind("recordings of speech"),
      player: z
        .array(z.string().min(1))
        .max(20)
        .default([])
        .describe("Program and arguments that play a file; empty: recordings are only saved"),
    })
    .prefault({}),
  transcribe: z.strictObject(kind("transcripts")).prefault({}),
  embed: z.strictObject(kind("embeddings")).prefault({}),
  moderation: z.strictObject(kind("verdicts on texts")).prefault({}),
  rerank: z.strictObject(kind("rankings", false)).prefault({}),
  graphics: z
    .enum(GRAPHICS)
    .default("auto")
    .describe("How images are drawn in a terminal; never into anything else"),
  directory: z
    .string()
    .min(1)
    .optional()
    .describe("Where images and recordings are saved; without it only a terminal shows them"),
  keep_files: z
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe("Files that are kept there, the newest"),
});
export type SyntheticsSection = z.output<typeof SyntheticsSection>;
