import { isCoded } from "@neurond/primitives";

/** The code of the `CodedError` that `action` throws; anything else it throws passes through. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (isCoded(error)) return error.code;
    throw error;
  }
  return undefined;
}
