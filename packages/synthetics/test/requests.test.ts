import {
  builtInPrompts,
  type Chute,
  Dice,
  drawRequest,
  ENDPOINTS,
  parseChutes,
  SYNTHETIC_TYPES,
  type SyntheticType,
  TASKS,
} from "@neurond/synthetics";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const chute = (changes: Partial<Chute> = {}): Chute => ({
  chuteId: "id",
  name: "name",
  slug: "some-slug",
  template: null,
  owner: "chutes",
  cords: [],
  isHot: true,
  ...changes,
});
const plain = (path: string) => ({ path, isStream: false });
const languageModel = chute({ template: "vllm", name: "example/model" });
const kokoro = chute({ name: "Kokoro-82M", slug: "kokoro", cords: [plain("/speak")] });

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const draw = (seed: Uint8Array, chutes: readonly Chute[], types: readonly SyntheticType[]) =>
  drawRequest({ chutes, types, endpoints: ENDPOINTS, prompts: builtInPrompts }, new Dice(seed));

describe("a chat", () => {
  test("has the payload that clients send, drawn from its ranges", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { url, payload } = draw(seed, [languageModel], ["chat"]);
        expect(url).toBe("https://llm.chutes.ai/v1/chat/completions");
        expect(Object.keys(payload)).toEqual([
          "model",
          "messages",
          "temperature",
          "seed",
          "max_tokens",
          "stream",
          "logprobs",
        ]);
        const { temperature, seed: drawn, max_tokens: most } = payload as Record<string, number>;
        expect(temperature).toBeGreaterThanOrEqual(0.1);
        expect(temperature).toBeLessThan(1.1);
        expect(Number.isInteger(drawn) && Number(drawn) >= 0 && Number(drawn) <= 1e9).toBe(true);
        expect(Number.isInteger(most) && Number(most) >= 10 && Number(most) <= 200).toBe(true);
        expect(payload).toMatchObject({ model: "example/model", stream: true, logprobs: true });
        const messages = payload["messages"] as { role: string; content: string }[];
        expect(messages.at(-1)?.role).toBe("user");
        for (const message of messages) expect(Object.keys(message)).toEqual(["role", "content"]);
        expect(JSON.stringify(messages)).not.toMatch(/[{]\w+[}]/);
      }),
      { numRuns: 50 },
    );
  });

  test("is the same for the same seed, and another for another", () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(draw(one, [languageModel], ["chat"])).toEqual(draw(one, [languageModel], ["chat"]));
    expect(draw(one, [languageModel], ["chat"])).not.toEqual(
      draw(other, [languageModel], ["chat"]),
    );
  });
});

test("a completion asks for a text in place of messages", () => {
  const { url, payload } = draw(new Uint8Array(32), [languageModel], ["completion"]);
  expect(url).toBe("https://llm.chutes.ai/v1/completions");
  expect(payload).not.toHaveProperty("messages");
  expect(payload["prompt"]).toMatch(/\w/);
});

test("the other kinds go to the host of their chute with what it takes", () => {
  const diffusion = chute({ template: "diffusion", slug: "pictures" });
  const image = draw(new Uint8Array(32), [diffusion], ["image"]);
  expect(image.url).toBe("https://pictures.chutes.ai/generate");
  expect(Object.keys(image.payload)).toEqual(["prompt", "seed", "num_inference_steps"]);
  const speech = draw(new Uint8Array(32), [kokoro], ["tts"]);
  expect(speech.url).toBe("https://kokoro.chutes.ai/speak");
  expect(speech.payload).toEqual({
    text: expect.any(String),
    voice: expect.stringMatching(/^[ab][fm]/),
  });
  const other = draw(new Uint8Array(32), [{ ...kokoro, name: "Another" }], ["tts"]);
  expect(Object.keys(other.payload)).toEqual(["text"]);
  const vectors = chute({ template: "tei", slug: "v", cords: [plain("/embed"), plain("/rerank")] });
  expect(draw(new Uint8Array(32), [vectors], ["embed"]).payload).toEqual({
    inputs: [expect.any(String)],
  });
  const whisper = chute({ slug: "w", cords: [plain("/transcribe")] });
  const { payload } = draw(new Uint8Array(32), [whisper], ["transcribe"]);
  expect(Buffer.from(String(payload["audio_b64"]), "base64").toString("latin1", 0, 4)).toBe("RIFF");
});

test("texts stay within what a kind takes", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { payload } = draw(seed, [kokoro], ["tts"]);
      expect(String(payload["text"]).length).toBeLessThanOrEqual(1_000);
      expect(String(payload["text"])).toMatch(/\w/);
    }),
    { numRuns: 50 },
  );
});

describe("a chute is asked only", () => {
  test("for what it serves", () => {
    const served = (one: Chute) => SYNTHETIC_TYPES.filter((type) => TASKS[type].fits(one));
    expect(served(languageModel)).toEqual(["chat", "completion"]);
    expect(served(kokoro)).toEqual(["tts"]);
    expect(served({ ...kokoro, owner: "somebody" })).toEqual([]);
    expect(served({ ...kokoro, cords: [{ path: "/speak", isStream: true }] })).toEqual([]);
    expect(served(chute({ template: "tei", cords: [plain("/embed")] }))).toEqual(["embed"]);
    expect(served(chute({ name: "hate-speech-detector", cords: [plain("/predict")] }))).toEqual([
      "moderation",
    ]);
  });

  test("while it is hot", () => {
    expect(
      codeOf(() => draw(new Uint8Array(32), [{ ...languageModel, isHot: false }], ["chat"])),
    ).toBe("NO_CHUTE");
  });

  test("for kinds that are enabled, each as likely however many chutes serve it", () => {
    const many = Array.from({ length: 50 }, () => languageModel);
    const drawn = Array.from({ length: 300 }, (_, at) => {
      const seed = new Uint8Array(32).fill(at % 256).fill(at >> 8, 16);
      return draw(seed, [...many, kokoro], ["chat", "tts"]).type;
    });
    const speeches = drawn.filter((type) => type === "tts").length;
    expect(speeches).toBeGreaterThan(100);
    expect(speeches).toBeLessThan(200);
  });
});

test("an endpoint without a place for the chute's name is refused", () => {
  const choice = { chutes: [kokoro], types: ["tts"] as const, prompts: builtInPrompts };
  const endpoints = { ...ENDPOINTS, chute: "https://chutes.ai" };
  expect(codeOf(() => drawRequest({ ...choice, endpoints }, new Dice(new Uint8Array(32))))).toBe(
    "ENDPOINT_INVALID",
  );
});

describe("a list of chutes", () => {
  const item = {
    chute_id: "id",
    name: "name",
    slug: "slug",
    standard_template: null,
    user: { username: "chutes" },
    cord_ref_id: "ref",
    instances: [
      { active: true, verified: false },
      { active: true, verified: true },
    ],
  };
  const list = (...items: unknown[]) =>
    JSON.stringify({
      items,
      cord_refs: { ref: [{ path: "/speak" }, { path: "/x", stream: true }] },
    });

  test("joins chutes with their cords and tells which are hot", () => {
    const { chutes, skipped } = parseChutes(list(item, { ...item, instances: [] }));
    expect(skipped).toBe(0);
    expect(chutes.map(({ isHot }) => isHot)).toEqual([true, false]);
    expect(chutes[0]?.cords).toEqual([plain("/speak"), { path: "/x", isStream: true }]);
  });

  test.each(["evil.example/#", "a.b", "-a", "", "A", "a/b", "a@b", "x".repeat(64), 7, "__proto__"])(
    "passes over a slug that could lead the API key elsewhere: %s",
    (slug) => {
      expect(parseChutes(list({ ...item, slug }, item))).toMatchObject({
        skipped: 1,
        chutes: [{ slug: "slug" }],
      });
    },
  );

  test("takes no cords from a reference that is no key of its own", () => {
    const [first] = parseChutes(list({ ...item, cord_ref_id: "constructor" })).chutes;
    expect(first?.cords).toEqual([]);
  });

  test.each(["", "null", "[]", '{"items":7}', "{"])("that is none is refused: %s", (text) => {
    expect(codeOf(() => parseChutes(text))).toBe("CHUTES_UNREADABLE");
  });
});
