import { defineType, type Type } from "./type.ts";

/** A borrowed value (`Cow`): transparent in SCALE, known to clients by its path. */
export const cow = <T>(inner: Type<T>): Type<T> =>
  defineType(
    inner.codec,
    { tag: "composite", fields: [{ type: inner }] },
    ["Cow"],
    [{ name: "T", type: inner }],
  );
