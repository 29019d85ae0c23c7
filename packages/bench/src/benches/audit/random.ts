/** Numbers that only look random: the same from the same seed, on every machine (sfc32). */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(0x9e3779b9, 0x243f6a88, seed, 1);
    for (let turn = 0; turn < 12; turn += 1) this.bits();
  }

  /** 32 bits. */
  bits(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const out = (a + b + d) >>> 0;
    state[3] = d + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + out;
    return out;
  }

  /** From 0 up to 1. */
  unit(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** Evenly from `low` up to `high`. */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.bits().toString(16).padStart(8, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** Draws an index with a probability that falls with its rank. */
export function zipf(count: number, exponent: number): (random: Random) => number {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent);
  let sum = 0;
  const upto = Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum;
  });
  return (random) => {
    const wanted = random.unit() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upto[middle] ?? sum) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
