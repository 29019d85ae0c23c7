import type { Dice } from "../dice.ts";

/** One turn of a conversation, without anything else that a data set says about it. */
export interface Message {
  readonly role: string;
  readonly content: string;
}

/** Where the words of requests come from. The same dice give the same words. */
export interface Prompts {
  /** At least one message; the last is the user's. */
  conversation(dice: Dice): readonly [Message, ...Message[]];
  /** What is to be seen in an image. */
  picture(dice: Dice): string;
  /** English prose of so many characters at most. */
  passage(dice: Dice, maxLength: number): string;
}
