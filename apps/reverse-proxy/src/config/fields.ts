import { parseTao } from "@neurond/primitives";
import { hotkeySetting, parsedBy } from "@neurond/runtime";
import { z } from "zod";

/** Hotkeys, each once. */
export const hotkeys = () => z.array(hotkeySetting).transform((keys) => [...new Set(keys)]);

/** An amount in TAO, or in alpha where that is meant; rao within. */
export const tao = (fallback: string, text: string) =>
  z.coerce.string().transform(parsedBy(parseTao)).prefault(fallback).describe(text);

/** A whole number within a range. */
export const whole = (min: number, max: number, fallback: number, text: string) =>
  z.int().min(min).max(max).default(fallback).describe(text);

/** Milliseconds, up to a day. */
export const milliseconds = (fallback: number, text: string) =>
  whole(1, 86_400_000, fallback, text);

/** Yes or no. */
export const flag = (fallback: boolean, text: string) =>
  z.boolean().default(fallback).describe(text);

/** host:port, [v6]:port or port alone, which means the loopback interface. */
export const address = (text: string) =>
  z
    .string()
    .regex(/^(?:(?:\[[0-9a-fA-F:.]+\]|[^\s:/]+):)?\d{1,5}$/, "write host:port, [v6]:port or port")
    .transform((value) => {
      const at = value.lastIndexOf(":");
      const host = at < 0 ? "127.0.0.1" : value.slice(0, at).replace(/^\[|\]$/g, "");
      return { host, port: Number(value.slice(at + 1)) };
    })
    .refine(({ port }) => port <= 65_535, "a port is at most 65535")
    .describe(text);

/** An absolute http or https URL. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: "write http://host:port or https://…",
});
