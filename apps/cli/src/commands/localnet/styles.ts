const ESCAPE = "\u001b";
const ANY = new RegExp(`(${ESCAPE}\\[\\d+m)`, "g");

const style =
  (on: number, off: number) =>
  (text: string): string =>
    `${ESCAPE}[${on}m${text}${ESCAPE}[${off}m`;

export const bold = style(1, 22);
export const dim = style(2, 22);
export const red = style(31, 39);
export const green = style(32, 39);
export const yellow = style(33, 39);

/** Text without styles. */
export function plain(text: string): string {
  return text.replace(ANY, "");
}

/** Cuts a line at the edge of the terminal; styles take no room, and all that were begun are ended. */
export function fit(line: string, columns: number): string {
  let room = columns;
  let cut = "";
  for (const part of line.split(ANY)) {
    if (part.startsWith(ESCAPE)) cut += part;
    else {
      cut += part.slice(0, room);
      room -= Math.min(room, part.length);
    }
  }
  return cut;
}
