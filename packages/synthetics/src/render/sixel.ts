import type { Picture } from "./picture.ts";

const LEVELS = 6;
const BAND = 6;
/** Thresholds of 4 x 4 ordered dithering, in sixteenths. */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5] as const;

/**
 * A picture as DEC sixels: 216 colours, dithered, runs compressed. Pixels whose colour a band does not
 * have are left out of it, so that each band costs its own colours only.
 */
export function sixels(picture: Picture): string {
  const { width, height } = picture;
  const colours = dithered(picture);
  const used = [...new Set(colours)].sort((a, b) => a - b);
  let text = `\u001bPq"1;1;${width};${height}${used.map(define).join("")}`;
  for (let top = 0; top < height; top += BAND) {
    const rows = Math.min(BAND, height - top);
    const band = colours.subarray(top * width, (top + rows) * width);
    const lines = [...new Set(band)].map(
      (colour) => `#${colour}${line(band, width, rows, colour)}`,
    );
    text += `${lines.join("$")}-`;
  }
  return `${text}\u001b\\`;
}

/** One of 216 colours for each pixel. */
function dithered({ width, height, rgb }: Picture): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let pixel = 0; pixel < out.length; pixel += 1) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const threshold = ((BAYER[4 * (y % 4) + (x % 4)] ?? 0) + 0.5) / 16;
    const level = (channel: number) =>
      Math.min(
        LEVELS - 1,
        Math.floor(((rgb[3 * pixel + channel] ?? 0) / 255) * (LEVELS - 1) + threshold),
      );
    out[pixel] = (level(0) * LEVELS + level(1)) * LEVELS + level(2);
  }
  return out;
}

/** Sixel colours are percentages. */
function define(colour: number): string {
  const levels = [Math.floor(colour / 36), Math.floor(colour / 6) % 6, colour % 6];
  return `#${colour};2;${levels.map((level) => level * 20).join(";")}`;
}

/** One colour of one band: a character for each column, its bits for the rows from the top. */
function line(band: Uint8Array, width: number, rows: number, colour: number): string {
  let text = "";
  let [last, count] = ["", 0];
  const flush = () => {
    text += count > 3 ? `!${count}${last}` : last.repeat(count);
  };
  for (let x = 0; x < width; x += 1) {
    let bits = 0;
    for (let row = 0; row < rows; row += 1) if (band[row * width + x] === colour) bits |= 1 << row;
    const character = String.fromCharCode(63 + bits);
    if (character !== last) {
      flush();
      [last, count] = [character, 0];
    }
    count += 1;
  }
  flush();
  return text;
}
