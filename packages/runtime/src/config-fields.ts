import { parseHotkey } from "@neurond/primitives";
import { z } from "zod";

/** Makes a parser a transformation of settings: one that threw would hide all other problems. */
export const parsedBy =
  <Out>(parse: (text: string) => Out) =>
  (text: string, context: z.core.$RefinementCtx<string>): Out => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  };

/** An ss58 address of prefix 42. */
export const hotkeySetting = z.string().trim().transform(parsedBy(parseHotkey));
