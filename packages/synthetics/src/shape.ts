/** The shape of nested lists of numbers, such as `1 x 1024`; null when a value is none. */
export function shapeOf(value: unknown): string | null {
  const sizes: number[] = [];
  let level: unknown = value;
  while (Array.isArray(level)) {
    sizes.push(level.length);
    level = level[0];
  }
  return sizes.length > 0 && typeof level === "number" ? sizes.join(" x ") : null;
}

/** One line of a result: its shape, or its JSON cut off. */
export function resultLine(json: unknown, maxLength = 200): string {
  const inner = isRecord(json) ? (json["data"] ?? json["embeddings"] ?? json) : json;
  const shape = shapeOf(inner) ?? shapeOf(vectorOf(inner));
  return shape ?? (JSON.stringify(json) ?? "").slice(0, maxLength);
}

/** Embeddings in the form of the OpenAI API: `[{embedding: [...]}]`. */
function vectorOf(value: unknown): unknown {
  if (!Array.isArray(value)) return null;
  return value.map((item: unknown) => (isRecord(item) ? item["embedding"] : null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
