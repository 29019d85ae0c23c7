import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/** A terminal to ask at: stdin and stderr of a process, or a stand-in. */
export interface PromptTerminal {
  readonly input: Readable & { setRawMode(raw: boolean): unknown };
  readonly output: Writable;
}

const ENTER = /[\r\n]/;
const INTERRUPT = "\u0003";
const END_OF_INPUT = "\u0004";
const ERASE = ["\u007f", "\b"];
const ERASE_LINE = "\u0015";

/** Asks one question and reads the answer without showing it, not even its length. */
export function askHidden(question: string, { input, output }: PromptTerminal): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8"); // a letter may arrive in two chunks
    let typed: string[] = [];
    const finish = (settle: () => void) => {
      input.off("data", onData).off("end", onEnd).off("error", onError);
      input.setRawMode(false);
      input.pause();
      output.write("\n");
      settle();
    };
    const interrupted = () =>
      new CodedError<WalletCode>("PROMPT_INTERRUPTED", "the password prompt was interrupted");
    const onEnd = () => finish(() => reject(interrupted()));
    const onError = (error: Error) => finish(() => reject(error));
    const onData = (chunk: Buffer | string) => {
      for (const character of decoder.write(Buffer.from(chunk))) {
        if (ENTER.test(character)) return finish(() => resolve(typed.join("")));
        if (character === INTERRUPT || character === END_OF_INPUT) return onEnd();
        if (character === ERASE_LINE) typed = [];
        else if (ERASE.includes(character)) typed.pop();
        else typed.push(character);
      }
    };
    output.write(question);
    input.setRawMode(true);
    input.on("data", onData).on("end", onEnd).on("error", onError);
    input.resume();
  });
}
