/**
 * The one spelling of a path. Routes are found by comparing bytes, and backends decode and normalise:
 * were there two spellings of one path, a closed route could be reached through an open one. So a path
 * is segments of characters that RFC 3986 lets stand for themselves, without `;` (some servers cut a
 * segment there); it has no empty segment but the last, no dot segment, and an escape only of a byte
 * that cannot be written otherwise, in upper case; never of a control, `%`, `/`, `\`, `?` or `#`.
 */
const PATH =
  /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w\-.~!$&'()*+,=:@]|%(?:2[02]|3[CE]|5[BDE]|60|7[BCD]|[89A-F][0-9A-F]))+)*\/?$/;

/** Visible ASCII but `#`, which no request target contains. */
const QUERY = /^[!"$-~]*$/;

/** The path of a request target, or undefined when it is not one to everybody. */
export function pathOf(target: string): string | undefined {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  if (path === "" || !PATH.test(path)) return undefined;
  return mark < 0 || QUERY.test(target.slice(mark + 1)) ? path : undefined;
}
