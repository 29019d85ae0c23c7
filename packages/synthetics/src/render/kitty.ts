import { base64 } from "@scure/base";
import type { Picture } from "./picture.ts";

/** Payload of one escape sequence; the protocol allows no more. */
const CHUNK = 4_096;

/** A picture for the graphics protocol of kitty: raw 24-bit pixels, in pieces. */
export function kittyImage({ width, height, rgb }: Picture): string {
  const payload = base64.encode(Uint8Array.from(rgb));
  let text = "";
  for (let at = 0; at < payload.length; at += CHUNK) {
    // q=2: the terminal answers nothing, which nobody would read.
    const head = at === 0 ? `a=T,f=24,s=${width},v=${height},q=2,` : "q=2,";
    const more = at + CHUNK < payload.length ? 1 : 0;
    text += `\u001b_G${head}m=${more};${payload.slice(at, at + CHUNK)}\u001b\\`;
  }
  return `${text}\n`;
}
