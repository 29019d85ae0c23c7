import { isCoded } from "@neurond/primitives";

/** The code of the `CodedError` that `action` throws; anything else it throws passes through. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return thrownCode(error);
  }
  return undefined;
}

/** The code of the `CodedError` that `work` is rejected with; any other reason passes through. */
export async function rejectionCode(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, thrownCode);
}

function thrownCode(error: unknown): string {
  if (isCoded(error)) return error.code;
  throw error;
}
