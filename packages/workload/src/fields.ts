import { type Hex, type Hotkey, readHotkey } from "@neurond/primitives";
import { z } from "zod";

const isHotkey = (text: unknown) => typeof text === "string" && readHotkey(text) !== null;

/** Checked fields that tasks and evidence are made of; none of them changes what it reads. */
export const field = {
  hotkey: z.custom<Hotkey>(isHotkey, "not a hotkey"),
  /** Lower-case hexadecimal text of so many bytes. */
  hex(bytes: number) {
    const shape = new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`);
    const isHex = (value: unknown) => typeof value === "string" && shape.test(value);
    return z.custom<Hex>(isHex, `not ${bytes} bytes in hexadecimal`);
  },
};
