import { z } from "zod";

/** Result of `neurond retrieve list`. */
export const HashesShape = z.strictObject({
  files: z.array(
    z.strictObject({
      wallet: z.string().describe("name of the coldkey's wallet"),
      name: z
        .string()
        .describe("remembered name; of several files with one name the later are numbered"),
      id: z.string().describe("ours as hex, upstream's as a decimal number or a CID"),
      hotkeys: z.array(z.string()).describe("nodes that know it, as far as the file says"),
      size: z.number().nullable().describe("bytes; null for what another program stored"),
      storedAt: z.string().nullable().describe("ISO 8601"),
      expiresAt: z.string().nullable().describe("ISO 8601, by blocks of 12 seconds"),
    }),
  ),
  unreadable: z.array(z.string()).describe("hash files that are damaged"),
});
