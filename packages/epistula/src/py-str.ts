import { signInputInvalid } from "./signing-key.ts";

/** What of a synapse can be hashed: lists and dictionaries would need Python's `repr` in full. */
export type PyType = "str" | "int" | "float" | "bool";

/** Python writes an exponent outside of these powers of ten; JavaScript does elsewhere. */
const [LEAST_PLAIN, FIRST_EXPONENT] = [-4, 16];

/**
 * The text that Python's `str()` gives for a scalar of JSON; null is `None` in any type. Python tells
 * `1` from `1.0` where JSON does not, so the type is said.
 */
export function pyStr(value: unknown, type: PyType): string {
  if (value === null) return "None";
  if (type === "str" && typeof value === "string" && value.isWellFormed()) return value;
  if (type === "bool" && typeof value === "boolean") return value ? "True" : "False";
  if (type === "int" && Number.isSafeInteger(value)) return String(value);
  if (type === "float" && typeof value === "number" && Number.isFinite(value))
    return pyFloat(value);
  throw signInputInvalid(`a field is not of the Python type ${type}, or has no exact text there`);
}

/** Both languages print the shortest digits that give the number back; only their layout differs. */
function pyFloat(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "", power = ""] = Math.abs(value).toExponential().split("e");
  const exponent = Number(power);
  const digits = mantissa.replace(".", "");
  if (exponent < LEAST_PLAIN || exponent >= FIRST_EXPONENT) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}
