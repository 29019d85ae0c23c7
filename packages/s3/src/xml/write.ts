/** What an element holds: text, elements, or a list of the same element. */
export type XmlValue = string | number | boolean | XmlNode | readonly XmlValue[] | undefined;

/** Elements by name, in order; undefined ones are left out. */
export interface XmlNode {
  readonly [name: string]: XmlValue;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const SPECIAL: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
/** Characters that XML gives a meaning or does not preserve, control characters among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them, and clients want them back.
const ESCAPED = /[&<>"'\u0000-\u001f\u007f\ufffe\uffff]/g;

/** A document of S3. */
export function writeXml(root: string, content: XmlNode): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${inner(content)}</${root}>`;
}

/** An error document; those have no namespace. */
export function writeErrorXml(content: XmlNode): string {
  return `${DECLARATION}<Error>${inner(content)}</Error>`;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

function inner(node: XmlNode): string {
  return Object.entries(node)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map((one) => element(name, one)).join("");
  const content = typeof value === "object" ? inner(value) : escaped(String(value));
  return content === "" ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

const escaped = (text: string) =>
  text.replace(ESCAPED, (char) => SPECIAL[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
