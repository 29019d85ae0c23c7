import { halfBlocks } from "./half-blocks.ts";
import { kittyImage } from "./kitty.ts";
import { fitInto, type Picture } from "./picture.ts";
import { sixels } from "./sixel.ts";

/** How images are shown; `file`: not in the terminal. */
export const GRAPHICS = ["auto", "kitty", "sixel", "blocks", "file"] as const;
export type Graphics = (typeof GRAPHICS)[number];

/** What is known of where output goes. */
export interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MAX_PIXELS = 480;
const MAX_COLUMNS = 80;
const MAX_ROWS = 48;

/**
 * How a terminal can show images, by what it says of itself in the environment; asking it would need its
 * keyboard. A multiplexer between us and it passes only characters. Whatever is wished for, only a
 * terminal gets any of it.
 */
export function graphicsOf({ isTTY, env }: Terminal, wish: Graphics): Exclude<Graphics, "auto"> {
  if (!isTTY || env["TERM"] === "dumb" || wish === "file") return "file";
  if (wish !== "auto") return wish;
  const [term = "", program = ""] = [env["TERM"], env["TERM_PROGRAM"]];
  if (env["TMUX"] || env["STY"] || /^(screen|tmux)/.test(term)) return "blocks";
  if (env["KITTY_WINDOW_ID"] || /kitty|ghostty/.test(term) || /ghostty|WezTerm/.test(program))
    return "kitty";
  if (/sixel|mlterm|^foot|^contour|yaft/.test(term) || env["WT_SESSION"]) return "sixel";
  return "blocks";
}

/** The text that draws a picture. */
export function drawn(
  picture: Picture,
  graphics: Exclude<Graphics, "auto" | "file">,
  { columns }: Pick<Terminal, "columns">,
): string {
  switch (graphics) {
    case "kitty":
      return kittyImage(fitInto(picture, MAX_PIXELS, MAX_PIXELS));
    case "sixel":
      return `${sixels(fitInto(picture, MAX_PIXELS, MAX_PIXELS))}\n`;
    case "blocks":
      return halfBlocks(
        fitInto(picture, Math.min(MAX_COLUMNS, Math.max(8, columns)), 2 * MAX_ROWS),
      );
  }
}

/** Words of a stranger without anything that could move the cursor, colour the screen or reorder a line. */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (one) =>
      one === "\n" || one === "\t" ? one : "\ufffd",
    );
}
