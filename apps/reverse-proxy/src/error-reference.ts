import { ADMIN_ERRORS, ADMIN_STATUS } from "./admin/errors.ts";
import { BODY_ERRORS } from "./body/errors.ts";
import { EDGE_ERRORS, EDGE_STATUS } from "./edge/errors.ts";
import { EGRESS_ERRORS } from "./egress/errors.ts";
import { DENIAL_STATUS, DENIALS, PROXY_ERRORS } from "./errors.ts";
import { FAILURE_WORDS, FORWARD_ERRORS } from "./forward/errors.ts";
import { RECEIPT_DENIAL_STATUS, RECEIPT_DENIALS } from "./receipts/denials.ts";
import { RECEIPT_ERRORS } from "./receipts/errors.ts";
import { QUEUE_DENIALS, QUEUE_STATUS } from "./upstream/denials.ts";
import { UPSTREAM_ERRORS } from "./upstream/errors.ts";

/** Every code of the proxy, beside those of signatures: what it means, and what to do about it. */
export const REVERSE_PROXY_ERRORS = {
  ...PROXY_ERRORS,
  ...EDGE_ERRORS,
  ...DENIALS,
  ...BODY_ERRORS,
  ...EGRESS_ERRORS,
  ...QUEUE_DENIALS,
  ...UPSTREAM_ERRORS,
  ...FORWARD_ERRORS,
  ...RECEIPT_ERRORS,
  ...RECEIPT_DENIALS,
  ...ADMIN_ERRORS,
};

/** HTTP status of those that callers meet. */
export const HTTP_STATUS: Readonly<Record<string, number>> = {
  ...EDGE_STATUS,
  ...DENIAL_STATUS,
  ...QUEUE_STATUS,
  ...Object.fromEntries(Object.values(FAILURE_WORDS).map(({ code, status }) => [code, status])),
  BODY_TOO_LARGE: 413,
  BODY_TIMEOUT: 408,
  BODY_NOT_HELD: 503,
  URL_NOT_ALLOWED: 422,
  ...RECEIPT_DENIAL_STATUS,
  ...ADMIN_STATUS,
};
