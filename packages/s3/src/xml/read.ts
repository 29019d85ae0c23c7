import { s3Error } from "../errors.ts";

/** An element: its name without prefix, its elements, its text. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const TOKEN = /<(\/?)([A-Za-z_][\w.:-]{0,63})((?:\s[^<>]{0,512}?)?)(\/?)>|([^<]+)/gy;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
const MAX_DEPTH = 8;
/** Of a completion with 10,000 parts, each with three or four elements. */
const MAX_ELEMENTS = 60_000;

/**
 * Reads the small XML that S3 clients send: elements and text. Document types, comments, processing
 * instructions and entities of one's own are refused. @throws CodedError MalformedXML
 */
export function readXml(text: string): XmlElement {
  const body = text.replace(/^\uFEFF?\s*(?:<\?xml[^<>]{0,128}\?>)?\s*/, "").trimEnd();
  const stack: Open[] = [{ name: "", children: [], text: "" }];
  let elements = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body);
    const here = stack.at(-1);
    if (token === null || here === undefined) throw s3Error("MalformedXML");
    const [, slash, tag, , empty, characters] = token;
    if (characters !== undefined) {
      here.text += plain(characters);
      continue;
    }
    const name = tag?.replace(/^.*:/, "") ?? "";
    if (slash === "/") {
      if (here.name !== name || stack.length < 2) throw s3Error("MalformedXML");
      stack.pop();
      continue;
    }
    elements += 1;
    if (elements > MAX_ELEMENTS || stack.length > MAX_DEPTH) throw s3Error("MalformedXML");
    const element: Open = { name, children: [], text: "" };
    here.children.push(element);
    if (empty !== "/") stack.push(element);
  }
  const [root, ...more] = stack[0]?.children ?? [];
  if (stack.length !== 1 || root === undefined || more.length > 0) throw s3Error("MalformedXML");
  if (stack[0]?.text.trim() !== "") throw s3Error("MalformedXML");
  return root;
}

/** The text of the only child of a name; undefined when there is none. @throws CodedError MalformedXML when there are several */
export function childText({ children }: XmlElement, name: string): string | undefined {
  const found = children.filter((child) => child.name === name);
  if (found.length > 1) throw s3Error("MalformedXML", `${name} occurs more than once`);
  return found[0]?.text;
}

function plain(text: string): string {
  return text.replace(ENTITY, (_, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? "";
    const code = decimal === undefined ? Number.parseInt(hex ?? "x", 16) : Number(decimal);
    const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    if (!isCharacter) throw s3Error("MalformedXML");
    return String.fromCodePoint(code);
  });
}
