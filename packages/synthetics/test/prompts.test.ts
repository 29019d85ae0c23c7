import { builtInPrompts, Dice, isEnglish, parseSamples, promptsFrom } from "@neurond/synthetics";
import { codeOf } from "@neurond/testing/coded";
import { describe, expect, test } from "vitest";

const dice = (value: number) => new Dice(new Uint8Array(32).fill(value));
const many = Array.from({ length: 200 }, (_, value) => dice(value));

describe("built-in prompts", () => {
  test("vary", () => {
    const asked = many.map((one) => builtInPrompts.conversation(one)[0].content);
    expect(new Set(asked).size).toBeGreaterThan(150);
    expect(new Set(many.map((one) => builtInPrompts.picture(one))).size).toBeGreaterThan(150);
  });

  test("are English by the rule that files are held to", () => {
    const passages = many.map((one) => builtInPrompts.passage(one, 1_000));
    expect(passages.filter((passage) => !isEnglish(passage))).toEqual([]);
  });
});

describe("a file of prompts", () => {
  test("gives conversations with roles and contents only, up to the last question", () => {
    const row = {
      conversation: [
        { role: "user", content: "one", toxic: false },
        { role: "assistant", content: "two" },
        { role: "user", content: "three" },
        { role: "assistant", content: "old answer" },
      ],
    };
    const samples = parseSamples([JSON.stringify(row), "", " "], "conversation");
    expect(samples.conversation(dice(1))).toEqual([
      { role: "user", content: "one" },
      { role: "assistant", content: "two" },
      { role: "user", content: "three" },
    ]);
    expect(samples.text(dice(1))).toBe("one");
  });

  test("gives texts as messages of a user", () => {
    const samples = parseSamples(['"plain"'], "conversation");
    expect(samples.conversation(dice(1))).toEqual([{ role: "user", content: "plain" }]);
    expect(parseSamples(['{"prompts":"a fox"}'], "prompts").text(dice(1))).toBe("a fox");
  });

  test("reaches its first and its last row, and nothing beyond", () => {
    const samples = parseSamples(['"a"', '"b"', '"c"'], "x");
    expect(new Set(many.map((one) => samples.text(one)))).toEqual(new Set(["a", "b", "c"]));
  });

  test.each([[["{"]], [['{"other":"x"}']], [["7"]], [[]], [['""']]])(
    "without a text is refused: %j",
    (lines) => {
      expect(codeOf(() => parseSamples(lines, "prompts"))).toBe("PROMPTS_UNREADABLE");
    },
  );

  test("is read aloud where it is English; else the built-in words are", () => {
    const english = "the fox is in the garden and it waits for you";
    const foreign = "der Fuchs wartet seit Stunden im Garten auf dich";
    const both = parseSamples([JSON.stringify(english), JSON.stringify(foreign)], "x");
    const passages = many.map((one) =>
      promptsFrom({ image: both }, builtInPrompts).passage(one, 500),
    );
    expect(new Set(passages)).toEqual(new Set([english]));
    const none = promptsFrom(
      { image: parseSamples([JSON.stringify(foreign)], "x") },
      builtInPrompts,
    );
    expect(isEnglish(none.passage(dice(1), 500))).toBe(true);
  });
});

test.each([
  ["What is the difference between a lake and a pond?", true],
  ["¿Qué diferencia hay entre un lago y un estanque?", false],
  ["Wat is het verschil tussen water en ijs vandaag", false],
  ["今日は天気がいいですね", false],
  ["the", false],
])("%s is English: %s", (text, isIt) => {
  expect(isEnglish(text)).toBe(isIt);
});
