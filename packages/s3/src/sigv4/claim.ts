/** What a signature is bound to: a day, a region, a service. */
export interface Scope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** A signature of version 4 as sent, with nothing proven. */
export interface Claim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
  /** YYYYMMDDTHHMMSSZ */
  readonly timestamp: string;
  /** Seconds a presigned URL is good for; null for a signed header. */
  readonly expiresSec: number | null;
}

/** The text of a scope. */
export const scopeText = ({ date, region, service }: Scope): string =>
  `${date}/${region}/${service}/aws4_request`;

const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds of a timestamp; NaN when it is none. */
export function timestampMs(text: string): number {
  const [, year, month, day, hour, minute, second] = TIMESTAMP.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
