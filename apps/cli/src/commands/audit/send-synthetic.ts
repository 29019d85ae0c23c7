import { checkedFetch } from "@neurond/registry/io";
import {
  builtInPrompts,
  type Chute,
  Dice,
  drawRequest,
  ENDPOINTS,
  GRAPHICS,
  harmless,
  KeyRing,
  MemorySynthetics,
  promptsFrom,
  SYNTHETIC_TYPES,
  type SyntheticRequest,
  type SyntheticType,
} from "@neurond/synthetics";
import {
  ANSWER_LIMITS,
  fetchChutes,
  type Probed,
  probeOnce,
  readPrompts,
  Show,
} from "@neurond/synthetics/io";
import type { z } from "zod";
import type { Call } from "../../call.ts";
import type { AuditSyntheticShape } from "./synthetic-shape.ts";

type Result = z.infer<typeof AuditSyntheticShape>;

const API_URL = "https://api.chutes.ai";
const KEEP_FILES = 100_000;

/** Draws a request and sends it, unless there is no key to send it with. */
export async function sendSynthetic(
  call: Call,
  { seed, key }: { readonly seed: Uint8Array; readonly key: string | null },
): Promise<Result> {
  const fetch = checkedFetch({ allowPrivate: call.on("allow-private") });
  const type = call.choice("type", SYNTHETIC_TYPES);
  const url = call.given("url") ?? API_URL;
  const { chutes } = await call.progress("listing chutes", fetchChutes(fetch, url, call.signal));
  const request = drawRequest(
    {
      chutes: chutes.filter(isNamed(call.given("chute"))),
      types: type === undefined ? SYNTHETIC_TYPES : [type],
      endpoints: {
        llm: call.given("llm-url") ?? ENDPOINTS.llm,
        chute: call.given("chute-url") ?? ENDPOINTS.chute,
      },
      prompts: await promptsOf(call, type),
    },
    new Dice(seed),
  );
  const isTraced = !call.on("blind");
  const about = describeRequest(request, seed, isTraced);
  if (key === null) return { ...about, ...UNSENT, payload: { ...request.payload } };
  const show = showOf(call);
  const options = {
    fetch,
    apiKey: new KeyRing([key]).next(0),
    isTraced,
    limits: ANSWER_LIMITS,
    now: Date.now,
  };
  const store = new MemorySynthetics();
  const listener = show.listener(request.type);
  const probed = await probeOnce(request, options, store, listener, call.signal);
  await show.finish(probed, fileName(request.type, seed), call.signal);
  return { ...about, ...describeAnswer(probed, call.terminal !== undefined && !call.on("hide")) };
}

const UNSENT = {
  outcome: "dry_run",
  status: null,
  ending: null,
  error: null,
  parentInvocationId: null,
  attempts: [],
  faults: [],
  tokensIn: null,
  tokensOut: null,
  text: "",
} as const satisfies Partial<Result>;

function isNamed(name: string | undefined): (chute: Chute) => boolean {
  return (chute) => name === undefined || [chute.name, chute.chuteId, chute.slug].includes(name);
}

async function promptsOf(call: Call, type: SyntheticType | undefined) {
  const file = call.given("prompts");
  if (file === undefined) return builtInPrompts;
  const isImage = type === "image";
  const field = call.given("prompts-field") ?? (isImage ? "prompts" : "conversation");
  const samples = await readPrompts(file, field);
  return promptsFrom(isImage ? { image: samples } : { text: samples }, builtInPrompts);
}

/** Words and images go to the terminal beside the result; without one, files are all there is. */
function showOf(call: Call): Show {
  const { terminal } = call;
  const player = call.given("player");
  return new Show({
    types: new Set(call.on("hide") ? [] : SYNTHETIC_TYPES),
    graphics: call.choice("graphics", GRAPHICS) ?? "auto",
    terminal: { isTTY: terminal !== undefined, columns: terminal?.columns ?? 80, env: call.env },
    write: (text) => {
      if (terminal !== undefined) terminal.write(text);
      else if (text.startsWith("saved as ")) call.note(text.trim());
    },
    directory: call.given("out") ?? ".",
    keepFiles: KEEP_FILES,
    player: player === undefined ? null : [player],
    warn: (error) => call.note(error instanceof Error ? error.message : String(error)),
  });
}

function fileName(type: SyntheticType, seed: Uint8Array): string {
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  return `${time}-${type}-${hex(seed).slice(0, 8)}`;
}

function describeRequest(request: SyntheticRequest, seed: Uint8Array, traced: boolean) {
  const { type, chuteName: chute, chuteId, url } = request;
  return { type, chute, chuteId, url, seed: hex(seed), traced, payload: null };
}

function describeAnswer(
  { sent, faults }: Probed,
  isShown: boolean,
): Omit<Result, keyof ReturnType<typeof describeRequest>> {
  if (sent.kind === "refused") {
    const { status, detail } = sent;
    return { ...UNSENT, outcome: "refused", status, error: harmless(detail).trim() };
  }
  const { ending, parentInvocationId, attempts, content } = sent;
  const { error, tokensIn, tokensOut, text } = content;
  return {
    outcome: "answered",
    status: null,
    ending,
    error,
    parentInvocationId,
    attempts: attempts.map((one) => ({
      id: one.invocationId,
      instance: one.instanceId,
      uid: one.minerUid,
      hotkey: one.minerHotkey,
      at: new Date(one.attemptedAt / 1_000).toISOString(),
      outcome: one.settledAt === null ? "unsettled" : one.hasError ? "failed" : "succeeded",
    })),
    faults: [...faults],
    tokensIn,
    tokensOut,
    text: isShown ? "" : harmless(text),
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
