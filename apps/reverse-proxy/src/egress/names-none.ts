/**
 * Whether bytes cannot be JSON with one of these members, told without parsing: the name would stand in
 * them as it is, unless written with `\u` escapes or in UTF-16 or UTF-32, whose ASCII text is full of
 * NUL bytes. Most bodies name no URL, and parsing them all would cost more than everything else.
 */
export function namesNone(bytes: Buffer, fields: readonly string[]): boolean {
  if (bytes.includes(0) || bytes.includes("\\u", 0, "latin1")) return false;
  return fields.every((field) => !bytes.includes(field));
}
