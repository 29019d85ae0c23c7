import { AnswerLog, resultLine } from "@neurond/synthetics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const chunk = (choice: object) => `data: ${JSON.stringify({ choices: [choice] })}`;

describe("an answer", () => {
  test("is told piece by piece, wrapped in a trace or not", () => {
    const [traced, plain]: [string[], string[]] = [[], []];
    const log = new AnswerLog((text) => traced.push(text));
    for (const content of ["to", "morrow"])
      log.event({ result: `${chunk({ delta: { content } })}\n\n` });
    const other = new AnswerLog((text) => plain.push(text));
    for (const text of ["to", "morrow"]) other.line(chunk({ text }));
    expect([traced, plain]).toEqual([
      ["to", "morrow"],
      ["to", "morrow"],
    ]);
    expect(log.content.text).toBe("tomorrow");
  });

  test("counts tokens by what it states, else by its probabilities when they are many", () => {
    const of = (count: number) => {
      const log = new AnswerLog();
      for (let at = 0; at < count; at += 1)
        log.line(chunk({ delta: { content: "x" }, logprobs: { content: [{ token: "x" }] } }));
      return log;
    };
    expect(of(5).content.tokensOut).toBeNull();
    expect(of(40).content.tokensOut).toBe(40);
    const stated = of(40);
    stated.line('data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":41}}');
    expect(stated.content).toMatchObject({ tokensIn: 7, tokensOut: 41 });
  });

  test("counts only what the last target said, after others that broke off", () => {
    const log = new AnswerLog();
    const say = (count: number) => {
      for (let at = 0; at < count; at += 1)
        log.event({
          result: chunk({ delta: { content: "x" }, logprobs: { content: [{ token: "x" }] } }),
        });
    };
    say(30);
    log.restart();
    say(25);
    expect(log.content).toMatchObject({ tokensOut: 25, text: "x".repeat(25) });
  });

  test("keeps bytes, values and the first error", () => {
    const log = new AnswerLog();
    log.event({ result: { content_type: "image/png", bytes: "AAAA" } });
    log.event({ result: { json: [[1, 2]] } });
    log.event({ error: "infra_overload", detail: "later" });
    log.event({ error: { code: 7 } });
    expect(log.content).toMatchObject({
      media: { contentType: "image/png", base64: "AAAA" },
      json: [[1, 2]],
      error: "infra_overload",
    });
  });

  test("keeps no more words than it has room for, and still tells them all", () => {
    let told = 0;
    const log = new AnswerLog((text) => (told += text.length));
    for (let at = 0; at < 30; at += 1) log.event({ result: { text: "x".repeat(10_000) } });
    expect([log.content.text.length, told]).toEqual([100_000, 300_000]);
  });

  test("never throws, whatever is sent", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, line) => {
        const log = new AnswerLog();
        log.event(value);
        log.event({ result: value });
        log.event({ result: { json: value } });
        log.line(`data: ${JSON.stringify(value)}`);
        log.line(line);
        log.body(line);
        expect(log.content.text).toBeTypeOf("string");
      }),
    );
  });
});

test.each([
  [[[1, 2, 3]], "1 x 3"],
  [[1, 2], "2"],
  [{ data: [{ embedding: [1, 2] }, { embedding: [3, 4] }] }, "2 x 2"],
  [[{ label: "fine", score: 1 }], '[{"label":"fine","score":1}]'],
  ["word", '"word"'],
])("%j is shown as %s", (json, line) => {
  expect(resultLine(json)).toBe(line);
});
