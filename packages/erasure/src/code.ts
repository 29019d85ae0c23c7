import { CodedError } from "@neurond/primitives";
import type { ErasureCodeName } from "./errors.ts";
import { fastCombine } from "./kernel.ts";
import { generatorRow, inverseOf, type Matrix, rowTimes } from "./matrix.ts";
import type { Combine, Take } from "./scalar.ts";

/** The most shards there can be: points of the field but one. */
export const MAX_SHARDS = 255;

/** A systematic Reed-Solomon code: any k of n shards bring all n back. See the README for its matrix. */
export class ErasureCode {
  readonly k: number;
  readonly n: number;
  readonly #combine: Combine;

  /** @throws CodedError CODE_INVALID unless 1 <= k <= n <= 255 */
  constructor(k: number, n: number, combine: Combine = fastCombine()) {
    if (!Number.isInteger(k) || !Number.isInteger(n) || k < 1 || n < k || n > MAX_SHARDS) {
      throw failed("CODE_INVALID", `${k} of ${n} is no code: give 1 <= k <= n <= ${MAX_SHARDS}`);
    }
    this.k = k;
    this.n = n;
    this.#combine = combine;
  }

  /** The n - k parity shards of k data shards. @throws CodedError SHARDS_INVALID */
  parity(data: readonly Uint8Array[]): readonly Uint8Array[] {
    const outputs = Array.from(
      { length: this.n - this.k },
      () => new Uint8Array(data[0]?.length ?? 0),
    );
    this.makeParity(data, this.k, outputs.length, into(outputs));
    return outputs;
  }

  /**
   * Makes `count` parity shards, from index `first` on, and hands them out piece by piece; row 0 is
   * the first of them. @throws CodedError SHARDS_INVALID
   */
  makeParity(data: readonly Uint8Array[], first: number, count: number, take: Take): void {
    if (data.length !== this.k) throw invalid(`${data.length} data shards are not ${this.k}`);
    if (first < this.k || first + count > this.n) {
      throw invalid(`${count} parity shards from ${first} on are not of ${this.n}`);
    }
    requireOneLength(data);
    const rows = Array.from({ length: count }, (_, at) => generatorRow(this.k, first + at));
    this.#combine(rows, data, take);
  }

  /**
   * Shards by what is left of the others, by index; more than k are not looked at.
   * @throws CodedError SHARDS_TOO_FEW, SHARDS_INVALID
   */
  restore(left: ReadonlyMap<number, Uint8Array>, wanted: readonly number[]): readonly Uint8Array[] {
    const used = [...left].slice(0, this.k);
    const rows = this.rowsFrom(
      used.map(([index]) => index),
      wanted,
    );
    const inputs = used.map(([, bytes]) => bytes);
    requireOneLength(inputs);
    const outputs = wanted.map(() => new Uint8Array(inputs[0]?.length ?? 0));
    this.#combine(rows, inputs, into(outputs));
    return outputs;
  }

  /** Makes shards by rows of `rowsFrom`, piece by piece. @throws CodedError SHARDS_INVALID */
  apply(rows: Matrix, inputs: readonly Uint8Array[], take: Take): void {
    if (rows.some((row) => row.length !== inputs.length)) {
      throw invalid("the rows do not fit the shards given");
    }
    requireOneLength(inputs);
    this.#combine(rows, inputs, take);
  }

  /**
   * How shards are made of k others: one row for each wanted one, one column for each that is left.
   * @throws CodedError SHARDS_TOO_FEW, SHARDS_INVALID
   */
  rowsFrom(left: readonly number[], wanted: readonly number[]): Matrix {
    if (left.length < this.k) {
      throw failed("SHARDS_TOO_FEW", `${left.length} shards are left, ${this.k} are needed`);
    }
    const used = left.slice(0, this.k);
    if (new Set(used).size < this.k) throw invalid("a shard is given twice");
    for (const index of [...used, ...wanted]) {
      if (Number.isInteger(index) && index >= 0 && index < this.n) continue;
      throw invalid(`there is no shard ${index} of ${this.n}`);
    }
    const toData = inverseOf(used.map((index) => generatorRow(this.k, index)));
    return wanted.map((index) => rowTimes(generatorRow(this.k, index), toData));
  }
}

/** Puts pieces together. */
const into =
  (outputs: readonly Uint8Array[]): Take =>
  (row, bytes, at) =>
    outputs[row]?.set(bytes, at);

function requireOneLength(shards: readonly Uint8Array[]): void {
  const length = shards[0]?.length ?? 0;
  if (shards.some((shard) => shard.length !== length)) throw invalid("shards differ in length");
}

function invalid(reason: string): CodedError<ErasureCodeName> {
  return failed("SHARDS_INVALID", `these shards cannot be used: ${reason}`);
}

function failed(code: ErasureCodeName, message: string): CodedError<ErasureCodeName> {
  return new CodedError(code, message);
}
