/** The URLs that a JSON body names in some of its fields, or why they cannot be told. */
export type UrlFields =
  | {
      readonly ok: true;
      readonly urls: readonly { readonly field: string; readonly url: string }[];
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads fields of the outermost object. What is not there, null or empty names nothing; what is no
 * text is refused, for whoever reads it next may make a URL of it.
 */
export function readUrlFields(text: string, fields: readonly string[]): UrlFields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, reason: "the body is not JSON" };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return { ok: false, reason: "the body is no JSON object" };
  const members = new Map<string, unknown>(Object.entries(parsed));
  const urls: { field: string; url: string }[] = [];
  for (const field of fields) {
    const value = members.get(field);
    for (const url of Array.isArray(value) ? value : [value]) {
      if (url === undefined || url === null || url === "") continue;
      if (typeof url !== "string") return { ok: false, reason: `${field} is no text` };
      urls.push({ field, url });
    }
  }
  return { ok: true, urls };
}
