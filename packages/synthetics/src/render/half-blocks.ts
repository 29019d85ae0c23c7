import type { Picture } from "./picture.ts";

const ESC = "\u001b[";
const UPPER_HALF = "\u2580";

/** A picture in characters, two pixels each, for terminals of 24-bit colour. A lone last row stays on black. */
export function halfBlocks({ width, height, rgb }: Picture): string {
  const colour = (x: number, y: number): string => {
    const at = 3 * (y * width + x);
    return y < height ? `${rgb[at]};${rgb[at + 1]};${rgb[at + 2]}` : "0;0;0";
  };
  let text = "";
  for (let y = 0; y < height; y += 2) {
    let before = "";
    for (let x = 0; x < width; x += 1) {
      const style = `${ESC}38;2;${colour(x, y)};48;2;${colour(x, y + 1)}m`;
      text += style === before ? UPPER_HALF : style + UPPER_HALF;
      before = style;
    }
    text += `${ESC}0m\n`;
  }
  return text;
}
