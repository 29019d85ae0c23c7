/** What is read of an answer's headers. */
export type AnswerHeaders = Pick<Headers, "get" | "getSetCookie">;

/** Headers as undici gives them: the platform's class loads all of its `fetch`, 18 MB of memory. */
export function answerHeaders(
  raw: Readonly<Record<string, string | string[] | undefined>>,
): AnswerHeaders {
  const byName = new Map(Object.entries(raw).map(([name, value = []]) => [name, [value].flat()]));
  return {
    get: (name) => byName.get(name.toLowerCase())?.join(", ") ?? null,
    getSetCookie: () => byName.get("set-cookie") ?? [],
  };
}
