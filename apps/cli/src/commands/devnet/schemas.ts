import { z } from "zod";

/** Result of `neurond devnet`, printed once the chain answers. */
export const DevnetShape = z.strictObject({
  url: z.string().describe("websocket endpoint; the same port answers HTTP POST"),
  port: z.number(),
  preset: z.enum(["upstream", "empty", "subnet"]).describe("what block 0 contains"),
  mode: z.enum(["interval", "instant", "manual"]).describe("when blocks are made"),
  blockTimeMs: z.number(),
  subnet: z
    .strictObject({
      netuid: z.number(),
      neurons: z.array(
        z.strictObject({
          uid: z.number(),
          hotkey: z.string().describe("development URI, for --uri"),
          coldkey: z.string().describe("development URI"),
        }),
      ),
    })
    .nullable()
    .describe("the ready subnet of preset subnet; null with --genesis"),
});
