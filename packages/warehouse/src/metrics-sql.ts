/** Numbers among the metrics of an attempt that are kept. */
export const METRIC_NUMBERS = [
  "it",
  "ot",
  "ttft",
  "tps",
  "ct",
  "steps",
  "masps",
  "maspt",
  "ptps",
  "otps",
  "nc",
] as const;

const NAME = "[A-Za-z_][A-Za-z_0-9]{0,31}";
const KEY = new RegExp(`['"](${NAME})['"]+ ?:`, "g");
const FLAT_DICT = new RegExp(`\\{('${NAME}': [^,{}'"\\n]+(?:, )?)+\\}`, "g");
const MAX_OTHER_KEYS = 64;
const MAX_LAYOUTS = 4;

/**
 * SQL for what the text `metrics` says, as a struct of the kept numbers, `p` as a text and whatever else;
 * null where it is neither JSON nor a literal that the engine's own cast to a struct reads. That cast goes
 * letter by letter and takes half of all time, so dicts with the same keys in the same order as the file
 * begins with are cut at their commas instead. `beginning` only decides what is fast, never what is read.
 */
export function metricsStruct(metrics: string, parts: string, beginning: string): string {
  const others = otherKeys(beginning);
  const fields = [
    ...METRIC_NUMBERS.map((name) => `"${name}" DOUBLE`),
    `"p" VARCHAR`,
    ...others.map((name) => `"${name}" VARCHAR`),
  ];
  const cuts = [...layoutsOf(beginning), []].map(
    (keys) =>
      `WHEN ${hasLayout(metrics, parts, keys)} THEN {${[
        ...METRIC_NUMBERS.map(
          (name) => `"${name}": TRY_CAST(${valueAt(parts, keys, name)} AS DOUBLE)`,
        ),
        `"p": ${valueAt(parts, keys, "p")}`,
        ...others.map((name) => `"${name}": CAST(NULL AS VARCHAR)`),
      ].join(", ")}}`,
  );
  const cast = `TRY_CAST(${metrics} AS STRUCT(${fields.join(", ")}))`;
  return `CASE ${cuts.join(" ")} ELSE ${cast} END`;
}

/** SQL for `parts`. */
export function partsOf(metrics: string): string {
  return `string_split(${metrics}, ', ')`;
}

/**
 * Whether the parts are exactly these keys. The pattern holds every comma but those within values, and so
 * many commas as parts leave none for values: each key begins a part, and in this order.
 */
function hasLayout(metrics: string, parts: string, keys: readonly string[]): string {
  if (keys.length === 0) return `${metrics} = '{}'`;
  const pattern = `{${keys.map((key) => `''${key}'': %`).join(", ")}}`;
  return keys.some((key) => key.includes("_"))
    ? `len(${parts}) = ${keys.length} AND ${metrics} LIKE '${pattern.replaceAll("_", "\\_")}' ESCAPE '\\'`
    : `len(${parts}) = ${keys.length} AND ${metrics} LIKE '${pattern}'`;
}

function valueAt(parts: string, keys: readonly string[], name: string): string {
  const at = keys.indexOf(name);
  if (at < 0) return "CAST(NULL AS VARCHAR)";
  const part = `${parts}[${at + 1}]`;
  const start = name.length + 5 + (at === 0 ? 1 : 0);
  return at < keys.length - 1
    ? `substr(${part}, ${start})`
    : `substr(${part}, ${start}, len(${part}) - ${start})`;
}

/** Keys that this software does not know: the cast refuses dicts with a field it was not told of. */
function otherKeys(beginning: string): readonly string[] {
  const known = new Set<string>(["p", ...METRIC_NUMBERS]); // names of fields are compared without case
  const others: string[] = [];
  for (const [, key = ""] of beginning.matchAll(KEY)) {
    if (known.has(key.toLowerCase()) || others.length === MAX_OTHER_KEYS) continue;
    known.add(key.toLowerCase());
    others.push(key);
  }
  return others;
}

/** The most frequent orders of keys; a dict that repeats a key has none. */
function layoutsOf(beginning: string): readonly (readonly string[])[] {
  const counts = new Map<string, number>();
  for (const [dict] of beginning.matchAll(FLAT_DICT)) {
    const layout = Array.from(dict.matchAll(KEY), ([, key]) => key).join(" ");
    counts.set(layout, (counts.get(layout) ?? 0) + 1);
  }
  return [...counts]
    .map(([layout, count]) => ({ keys: layout.split(" "), count }))
    .filter(({ keys }) => new Set(keys).size === keys.length)
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_LAYOUTS)
    .map(({ keys }) => keys);
}
