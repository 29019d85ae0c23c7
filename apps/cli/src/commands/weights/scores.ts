import { CodedError, type Hotkey, parseHotkey } from "@neurond/primitives";
import type { UsageCode } from "../../failures.ts";

const DECIMALS = 9;
const SCORE = /^(\d{1,12})(?:\.(\d{1,9}))?$/;

/** One score as the person gives it: for a hotkey, or for whoever holds a uid now. */
export type GivenScore =
  | { readonly hotkey: Hotkey; readonly score: bigint }
  | { readonly uid: number; readonly score: bigint };

/** Reads `5Grw…=0.7` and `12=3`. Scores are relative: the largest becomes 65535. */
export function parseScore(text: string): GivenScore {
  const [, key = "", value = ""] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  const score = parseDecimal(value);
  if (/^\d{1,5}$/.test(key)) return { uid: Number(key), score };
  return { hotkey: parseHotkey(key), score };
}

/** Reads btcli's two lists, `--uids 1,2 --weights 0.3,0.7`. */
export function parseLists(uids: string, weights: string): readonly GivenScore[] {
  const [keys, values] = [uids, weights].map((list) => list.split(",").map((one) => one.trim()));
  if (keys === undefined || values === undefined || keys.length !== values.length) {
    throw new CodedError<UsageCode>("USAGE", "--uids and --weights have different lengths");
  }
  return keys.map((uid, index) => parseScore(`${uid}=${values[index]}`));
}

/** Decimal text as an integer of billionths, exactly: nothing that is submitted passes through a float. */
function parseDecimal(text: string): bigint {
  const [, whole, fraction = ""] = SCORE.exec(text) ?? [];
  if (whole !== undefined) return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
  const message = "a score is hotkey=number or uid=number, with at most nine decimals";
  throw new CodedError<UsageCode>("USAGE", message, { text });
}
