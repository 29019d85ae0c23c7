import type { ErrorEntry } from "@neurond/primitives";
import type { AuthCode } from "./refusal.ts";

/** What each reason to turn a request away means, and what its sender may do. */
export const AUTH_ERRORS: Readonly<Record<AuthCode, ErrorEntry>> = {
  MISSING_AUTHORIZATION: {
    cause: "the request carries no header of any scheme",
    remedy: "sign the request",
  },
  BAD_AUTHORIZATION_FORMAT: {
    cause: "the Authorization header has no credentials, or characters that cannot be",
    remedy: "write the scheme, one space and the credentials",
  },
  BAD_AUTH_SCHEME: {
    cause: "the scheme of the Authorization header is not Epistula",
    remedy: "send Epistula, or the btauth headers",
  },
  SIGNATURE_HEADER_CONFLICT: {
    cause: "btauth and Epistula headers name different senders",
    remedy: "sign both with one hotkey, or send one of them",
  },
  MISSING_HEADERS: {
    cause: "timestamp, uuid, sender or receiver is missing",
    remedy: "send every header of the dialect",
  },
  MALFORMED_AUTH: {
    cause: "a field of the signed headers cannot be read, or came twice",
    remedy: "see the detail; sign with a current client",
  },
  UNSUPPORTED_VERSION: {
    cause: "the headers are of another version of btauth",
    remedy: "send btauth/1",
  },
  DUPLICATE_HEADER: {
    cause: "a header that counts once arrived more than once",
    remedy: "look for a proxy on the way that repeats headers",
  },
  HEADERS_TOO_LARGE: {
    cause: "the headers of the request are longer than the receiver reads",
    remedy: "send shorter headers",
  },
  SCHEME_NOT_ALLOWED: {
    cause: "the receiver does not take this scheme, or this kind of key",
    remedy: "sign with a scheme the receiver allows",
  },
  WRONG_RECEIVER: {
    cause: "the request was signed for another hotkey",
    remedy: "look the receiver's hotkey up in the metagraph and sign for it",
  },
  BAD_TIMESTAMP: {
    cause: "the timestamp is not a whole number in the unit of its dialect",
    remedy: "send Unix time as the dialect writes it",
  },
  BAD_UUID: {
    cause: "the request's id is not a UUID",
    remedy: "send a fresh random UUID with each attempt",
  },
  STALE: {
    cause: "the request is older than the receiver takes",
    remedy: "sign it just before sending, and check the clock",
  },
  FUTURE: {
    cause: "the request's timestamp lies ahead of the receiver's clock",
    remedy: "synchronise the clock",
  },
  BAD_SENDER: {
    cause: "the sender's hotkey is not an ss58 address",
    remedy: "send the hotkey that signs",
  },
  BAD_SIGNATURE_FORMAT: {
    cause: "the signature is not 64 bytes in the spelling of its dialect",
    remedy: "send hexadecimal digits as the dialect writes them",
  },
  BAD_SIGNATURE: {
    cause: "the signature is not of this sender over this request",
    remedy: "sign what is sent; look for a proxy that changes path or body",
  },
  REPLAY: {
    cause: "a request with this nonce was let in before",
    remedy: "sign every attempt anew",
  },
  BODY_LATE: {
    cause: "the body arrived so late that the request was no longer fresh",
    remedy: "send it faster, or sign larger bodies later",
  },
  BODY_TOO_LARGE: {
    cause: "the body is larger than the receiver reads",
    remedy: "send less at once",
  },
  SENDER_NOT_ALLOWED: {
    cause: "the receiver serves a list of senders, and this one is not on it",
    remedy: "ask the operator to be added",
  },
  NOT_REGISTERED: {
    cause: "the sender has no uid on the receiver's subnet",
    remedy: "register the hotkey, or check the netuid",
  },
  NO_PERMIT: {
    cause: "the sender has no validator permit",
    remedy: "wait for an epoch that grants it; it takes more stake",
  },
  LOW_STAKE: {
    cause: "the sender has less stake than the receiver asks for",
    remedy: "add stake to the hotkey",
  },
  RATE_LIMITED: {
    cause: "the sender has asked more often than it may",
    remedy: "wait as long as Retry-After says",
  },
  METAGRAPH_UNAVAILABLE: {
    cause: "the receiver does not know who is registered: its chain does not answer",
    remedy: "ask again later; the operator should check the chain endpoint",
  },
  REPLAY_UNAVAILABLE: {
    cause: "the receiver cannot tell whether the nonce was seen: its store does not answer",
    remedy: "ask again later; the operator should check the replay store",
  },
  AUTH_INTERNAL: {
    cause: "the check itself failed",
    remedy: "the operator finds the cause in the log",
  },
};
