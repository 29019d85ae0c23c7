/** Evidence no schema should take for its own. */
export const GARBAGE: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  0.5,
  Number.NaN,
  2 ** 60,
  10n,
  "",
  "offline",
  "0x",
  "\u0000\ud800",
  [],
  [[]],
  [null, null],
  {},
  { kind: "passed" },
  { toString: null, valueOf: null },
  Object.create(null),
  JSON.parse('{"__proto__": {"length": 1}, "constructor": null}'),
  new Uint8Array(4),
  () => "passed",
  Symbol("evidence"),
];

const REPLACEMENTS: readonly unknown[] = [null, -1, 1e308, "", "0x", "zz", [], {}];

/** Copies of a recorded value with one part removed, replaced, doubled or cut. Bounded in number. */
export function mutationsOf(value: unknown, limit = 400): readonly unknown[] {
  const mutations: unknown[] = [];
  for (const mutation of mutate(value)) {
    if (mutations.length >= limit) break;
    mutations.push(mutation);
  }
  return mutations;
}

function* mutate(value: unknown): Generator<unknown> {
  yield* REPLACEMENTS;
  if (typeof value === "string") {
    yield value.slice(0, -1);
    yield `${value}0`;
    yield value.toUpperCase();
    yield value.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  }
  if (typeof value === "number") {
    yield value + 1;
    yield -value;
    yield String(value);
  }
  if (Array.isArray(value)) {
    yield value.slice(1);
    yield [...value, ...value];
    for (const [index, item] of value.entries()) {
      for (const mutation of mutate(item)) yield value.with(index, mutation);
    }
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, unexpected: 1 };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Readonly<Record<string, unknown>>;
      yield rest;
      for (const mutation of mutate(item)) yield { ...value, [key]: mutation };
    }
  }
}
