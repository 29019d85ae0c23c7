import { readFileSync } from "node:fs";

const PAGE = new URL("../../../../docs/gateways.md", import.meta.url);

/** A block of docs/gateways.md, with what is the reader's to change put in its place. */
export function snippet(
  language: string,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): string {
  const page = readFileSync(PAGE, "utf8");
  const fence = `\`\`\`${language} test=${name}\n`;
  const from = page.indexOf(fence);
  if (from < 0) throw new Error(`docs/gateways.md has no block ${language} test=${name}`);
  let text = page.slice(from + fence.length, page.indexOf("\n```", from) + 1);
  for (const [written, ours] of Object.entries(changes)) {
    if (!text.includes(written)) throw new Error(`the block ${name} has no ${written}`);
    text = text.replaceAll(written, ours);
  }
  return text;
}
