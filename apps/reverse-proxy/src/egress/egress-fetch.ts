import { CodedError } from "@neurond/primitives";
import { type CheckedFetch, checkedFetch, type ResolveName } from "@neurond/registry/io";
import { readUrl } from "./check-url.ts";
import type { EgressCode } from "./errors.ts";
import type { EgressSettings } from "./settings.ts";

/**
 * A fetch for URLs that somebody outside named: within the settings, connected to the very addresses
 * that were checked, and following no redirect.
 * @throws CodedError: each call: URL_NOT_ALLOWED, and what `checkedFetch` throws
 */
export function egressFetch(settings: EgressSettings, resolve?: ResolveName): CheckedFetch {
  const { allowPrivate } = settings;
  const send = checkedFetch({ allowPrivate, ...(resolve && { resolve }) });
  return async (url, init) => {
    const read = readUrl(url.href, settings);
    if (typeof read === "string")
      throw new CodedError<EgressCode>("URL_NOT_ALLOWED", `${url.host} is not asked: it ${read}`);
    return await send(read, init);
  };
}
