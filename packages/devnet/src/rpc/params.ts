import { decodeSs58, fromHex, type Hex, isCoded, toHex } from "@neurond/primitives";
import { invalidParams } from "./error.ts";

/** Substrate reads bytes with or without the prefix; async-substrate-interface sends call data without. */
const HEX = /^(?:0x)?(?:[0-9a-fA-F]{2})*$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;
const INTEGER = /^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/;
const MAX_U32 = 0xffff_ffff;
const MAX_U64 = 2n ** 64n - 1n;

/** The positional parameters of a request; `null` counts as absent. Each reader checks and converts. */
export class Params {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    const end = values.findLastIndex((value) => value !== null && value !== undefined) + 1;
    this.#values = values.slice(0, end);
  }

  /** More parameters than a method has are an error, as misplaced ones would pass for absent. */
  atMost(count: number): this {
    if (this.#values.length > count) {
      throw invalidParams(`${this.#values.length} parameters given: at most ${count}`);
    }
    return this;
  }

  has(index: number): boolean {
    return this.raw(index) !== undefined;
  }

  raw(index: number): unknown {
    return this.#values[index] ?? undefined;
  }

  string(index: number): string {
    const value = this.raw(index);
    if (typeof value !== "string") throw invalidParams(`parameter ${index} is not a string`);
    return value;
  }

  boolean(index: number): boolean {
    const value = this.raw(index);
    if (typeof value !== "boolean") throw invalidParams(`parameter ${index} is not a boolean`);
    return value;
  }

  /** Bytes as canonical lower-case hex. */
  hex(index: number): Hex {
    return asHex(this.raw(index), index);
  }

  bytes(index: number): Uint8Array {
    return fromHex(this.hex(index));
  }

  hexList(index: number): Hex[] {
    const value = this.raw(index);
    if (!Array.isArray(value)) throw invalidParams(`parameter ${index} is not a list`);
    return value.map((item: unknown) => asHex(item, index));
  }

  /** A block hash, or undefined when absent. */
  hash(index: number): Hex | undefined {
    return this.has(index) ? asHash(this.raw(index), index) : undefined;
  }

  /** A u32 as a number or as hex text. */
  number(index: number): number {
    return asNumber(this.raw(index), index);
  }

  /** A u64 as a number, decimal or hex text. */
  amount(index: number): bigint {
    const value = this.raw(index);
    const isText = typeof value === "string" && INTEGER.test(value);
    if (!isText && !(typeof value === "number" && Number.isSafeInteger(value) && value >= 0)) {
      throw invalidParams(`parameter ${index} is not an amount`);
    }
    const amount = BigInt(value);
    if (amount > MAX_U64) throw invalidParams(`parameter ${index} is more than a u64`);
    return amount;
  }

  /** An ss58 account. */
  account(index: number): Hex {
    try {
      return toHex(decodeSs58(this.string(index)));
    } catch (error) {
      if (isCoded(error)) throw invalidParams(error.message);
      throw error;
    }
  }
}

function asHex(value: unknown, index: number): Hex {
  if (typeof value === "string" && HEX.test(value)) {
    return `0x${value.replace("0x", "").toLowerCase()}`;
  }
  throw invalidParams(`parameter ${index} is not hex`);
}

function asHash(value: unknown, index: number): Hex {
  if (typeof value === "string" && HASH.test(value)) return value.toLowerCase() as Hex;
  throw invalidParams(`parameter ${index} is not a 32-byte hash`);
}

export function asNumber(value: unknown, index: number): number {
  const isText = typeof value === "string" && INTEGER.test(value);
  const number = isText || typeof value === "number" ? Number(value) : Number.NaN;
  if (Number.isInteger(number) && number >= 0 && number <= MAX_U32) return number;
  throw invalidParams(`parameter ${index} is not a u32`);
}
