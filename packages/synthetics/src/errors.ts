import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What an export makes of a request of ours is a verdict, never an error. */
export const SYNTHETICS_ERRORS = {
  API_KEY_MISSING: {
    cause: "no API key is configured, so that no request can be paid for",
    remedy: "set synthetics.api_key or a list of api_keys, or switch synthetics off",
  },
  API_KEY_INVALID: {
    cause: "an API key is empty or holds a character that no header can carry",
    remedy: "copy it again, as one line of printable ASCII; the message says which one",
  },
  CHUTES_UNREADABLE: {
    cause: "the validator's list of chutes is not the JSON it should be, or too long",
    remedy: "check the URL of the validator; requests go on with the list before it",
  },
  NO_CHUTE: {
    cause:
      "no chute of the list serves a type that is enabled, with an active and verified instance",
    remedy: "enable other types, or wait until such a chute is hot",
  },
  ENDPOINT_INVALID: {
    cause: "a URL of the configuration is none, or lacks {slug}",
    remedy: "give https://… for the API and the language models, https://{slug}.… for chutes",
  },
  GATEWAY_UNREACHABLE: {
    cause: "a request ended before its answer began: no connection, no route, no headers in time",
    remedy: "none for one request; check network and URL when all fail",
  },
  PROMPTS_UNREADABLE: {
    cause: "a file of prompts holds a line that is no JSON, or no text under the named field",
    remedy: "write one JSON per line; name the field that holds the text or the conversation",
  },
  IMAGE_UNREADABLE: {
    cause: "an image is neither PNG nor JPEG, is damaged, interlaced or too large to be drawn",
    remedy: "none: it was saved as a file",
  },
  PLAYER_FAILED: {
    cause: "the program that plays audio could not be started, failed or took too long",
    remedy: "correct synthetics.tts.player; the audio was saved as a file",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type SyntheticsCode = keyof typeof SYNTHETICS_ERRORS;

/** A coded error of this package; never put an API key in it. */
export function syntheticsError(
  code: SyntheticsCode,
  message: string,
  context: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CodedError<SyntheticsCode> {
  return new CodedError(code, message, context, cause === undefined ? {} : { cause });
}
