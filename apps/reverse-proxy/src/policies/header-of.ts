import type { RawHeaders } from "@neurond/epistula";

/** The first value of a header; `name` in lower case. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  for (const [key, value] of headers) {
    if (key.length === name.length && key.toLowerCase() === name) return value;
  }
  return undefined;
}
