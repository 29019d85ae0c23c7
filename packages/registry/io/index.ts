export {
  type AddressRules,
  checkedAddresses,
  nameResolver,
  type ResolveName,
} from "./checked-addresses.ts";
export { type CheckedFetch, type CheckedFetchOptions, checkedFetch } from "./checked-fetch.ts";
export { type PollOptions, pollCapacity, type SendPoll } from "./poll-capacity.ts";
export { type ProbeAllOptions, type ProbeTarget, probeAll } from "./probe-all.ts";
export {
  type ProbeOptions,
  type ProbeReason,
  type ProbeResult,
  probeEndpoint,
} from "./probe-endpoint.ts";
