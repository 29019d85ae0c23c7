import { isIP } from "node:net";
import { z } from "zod";
import { token } from "./auth.ts";
import { address, flag, whole } from "./fields.ts";

const DAY_HOURS = 24;

/** An address, or a network in CIDR. */
const network = z.string().refine((text) => {
  const [address = "", bits, ...more] = text.split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return isIP(address) !== 0 && isNetwork && more.length === 0;
}, "write an address or a network like 10.0.0.0/8");

/** The `admin` section: what an operator does to a running proxy. */
export const AdminSection = z.strictObject({
  listen: address("Where the operator's commands are taken; never the public listener").prefault(
    "127.0.0.1:9092",
  ),
  token: token(
    "Secret that they are sent with, as `Authorization: Bearer`; without it that listener is not there",
  ).meta({ secret: true }),
  remote: flag(
    false,
    "Whether `admin.listen` may be an address that others reach; the token then travels unencrypted",
  ),
  directory: z
    .string()
    .min(1)
    .default("data/reverse-proxy")
    .describe("Where bans and a rotated token outlive us; made when there is something to keep"),
});

/** The `extAuth` section: `/_auth`, which other gateways ask whether a request may pass. */
export const ExtAuthSection = z.strictObject({
  listen: address("Where gateways ask `/_auth`; nowhere when absent").optional(),
  remote: flag(false, "Whether `extAuth.listen` may be an address that others reach"),
  trustedHops: z
    .array(network)
    .default(["127.0.0.1", "::1"])
    .describe("Addresses or networks (CIDR) of the gateways; nobody else is answered"),
  require: z
    .enum(["head", "interval", "full"])
    .default("interval")
    .describe(
      "Least proof that passes: `full` is a signature, of requests without body only; `interval` that the key was held lately; `head` proves nothing",
    ),
  spendNonce: flag(
    true,
    "Whether a full proof counts as used; not where the request reaches this proxy afterwards",
  ),
});

/** The `shield` section: addresses that a firewall may let in first. */
export const ShieldSection = z.strictObject({
  directory: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Where allowed.nft, allowed.ipset and allowed.json are kept up to date; nowhere when absent",
    ),
  keepHours: whole(
    1,
    8760,
    7 * DAY_HOURS,
    "An address stays allowed so long after a caller last proved its key from there",
  ),
  axons: flag(true, "Whether the axon addresses of validators that may call are allowed too"),
});
