/** Pixels, three bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A picture that fits into a frame, by averaging; never larger than it was. */
export function fitInto(picture: Picture, maxWidth: number, maxHeight: number): Picture {
  const { width, height } = picture;
  const factor = Math.min(1, maxWidth / width, maxHeight / height);
  if (factor === 1) return picture;
  return resample(
    picture,
    Math.max(1, Math.floor(width * factor)),
    Math.max(1, Math.floor(height * factor)),
  );
}

function resample({ width, height, rgb }: Picture, toWidth: number, toHeight: number): Picture {
  const out = new Uint8Array(toWidth * toHeight * 3);
  for (let y = 0; y < toHeight; y += 1) {
    const [top, bottom] = spanOf(y, toHeight, height);
    for (let x = 0; x < toWidth; x += 1) {
      const [left, right] = spanOf(x, toWidth, width);
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let row = top; row < bottom; row += 1)
          for (let column = left; column < right; column += 1)
            sum += rgb[3 * (row * width + column) + channel] ?? 0;
        const count = (bottom - top) * (right - left);
        out[3 * (y * toWidth + x) + channel] = Math.round(sum / count);
      }
    }
  }
  return { width: toWidth, height: toHeight, rgb: out };
}

/** Source pixels under one of the result, at least one. */
function spanOf(place: number, count: number, size: number): readonly [number, number] {
  const start = Math.floor((place * size) / count);
  return [start, Math.max(start + 1, Math.floor(((place + 1) * size) / count))];
}
