import { s3Error } from "./errors.ts";

const RESERVED_IN_JS = /[!'()*]/g;

/** Percent-encodes all but `A-Z a-z 0-9 - . _ ~`, as signatures of version 4 do. */
export function awsEncode(text: string): string {
  return encodeURIComponent(text).replace(
    RESERVED_IN_JS,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same, but slashes stay. */
export function awsEncodePath(path: string): string {
  return path.split("/").map(awsEncode).join("/");
}

/** @throws CodedError InvalidURI unless the text is percent-encoded UTF-8 */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw s3Error("InvalidURI", undefined, {}, { cause });
  }
}
