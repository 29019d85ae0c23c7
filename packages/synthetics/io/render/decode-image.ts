import { type Picture, syntheticsError } from "@neurond/synthetics";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";

/** Pixels of the largest image that is decoded; the rest is saved only. */
const MAX_PIXELS = 4_096 * 2_048;
const MAX_MEMORY_MB = 256;

const PNG_MARK = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Of the header chunk, which must be the first: width, height, and how rows are ordered. */
const [PNG_WIDTH, PNG_HEIGHT, PNG_INTERLACE] = [16, 20, 28];

/**
 * The pixels of a PNG or JPEG, transparent ones on black. Sizes are read before anything is unpacked, and
 * a PNG whose rows are interlaced is refused: its unpacked size would not be bounded.
 * @throws CodedError IMAGE_UNREADABLE
 */
export function decodeImage(bytes: Buffer): Picture {
  try {
    return bytes.subarray(0, 8).equals(PNG_MARK) ? fromPng(bytes) : fromJpeg(bytes);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw syntheticsError("IMAGE_UNREADABLE", `an image cannot be drawn: ${words}`, {}, cause);
  }
}

function fromPng(bytes: Buffer): Picture {
  const pixels = bytes.readUInt32BE(PNG_WIDTH) * bytes.readUInt32BE(PNG_HEIGHT);
  if (pixels > MAX_PIXELS) throw new RangeError(`${pixels} pixels are too many`);
  if (bytes.readUInt8(PNG_INTERLACE) !== 0) throw new RangeError("it is interlaced");
  return opaque(PNG.sync.read(bytes));
}

function fromJpeg(bytes: Buffer): Picture {
  return opaque(
    jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: MAX_PIXELS / 1_000_000,
      maxMemoryUsageInMB: MAX_MEMORY_MB,
    }),
  );
}

function opaque(image: {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}): Picture {
  const { width, height, data } = image;
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const alpha = data[4 * pixel + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[3 * pixel + channel] = Math.round(((data[4 * pixel + channel] ?? 0) * alpha) / 255);
    }
  }
  return { width, height, rgb };
}
