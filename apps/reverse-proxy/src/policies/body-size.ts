import { tooLarge } from "../body/errors.ts";
import { lengthOf } from "../body/length.ts";
import type { Policy } from "../policy.ts";

/** Refuses an announced body that is too long, before its sender costs anything; chunks are counted as they come. */
export const bodySize: Policy = {
  name: "body-size",
  judge: ({ request, route: { maxBodyBytes } }) => {
    const length = lengthOf(request);
    return length !== null && length > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined;
  },
};
