const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes of padded base64, as the build script writes it; not for what others send. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let value = 0; value < 64; value += 1) values[DIGITS.charCodeAt(value)] = value;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0, out = 0; at < text.length; at += 4) {
    let bits = 0;
    for (let digit = 0; digit < 4; digit += 1) {
      bits = (bits << 6) | (values[text.charCodeAt(at + digit)] ?? 0);
    }
    // Writes past the end of a typed array are dropped: that is the padding.
    bytes[out++] = bits >> 16;
    bytes[out++] = bits >> 8;
    bytes[out++] = bits;
  }
  return bytes;
}
