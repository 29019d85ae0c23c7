const WORDS = 624;
const SHIFT = 397;
const UPPER = 0x8000_0000;
const LOWER = 0x7fff_ffff;
const TWIST = 0x9908_b0df;

/** MT19937 as CPython seeds it: Matsumoto and Nishimura's `init_by_array`. Never for secrets. */
export class MersenneTwister {
  readonly #state = new Uint32Array(WORDS);
  #at = WORDS;

  /** `key` is the seed as 32-bit words, the least significant first. */
  constructor(key: readonly number[]) {
    const words = key.length === 0 ? [0] : key;
    const state = this.#state;
    state[0] = 19_650_218;
    for (let at = 1; at < WORDS; at += 1) {
      state[at] = Math.imul(1_812_433_253, mixed(state[at - 1] ?? 0)) + at;
    }
    let at = 1;
    const wrap = () => {
      at += 1;
      if (at < WORDS) return;
      state[0] = state[WORDS - 1] ?? 0;
      at = 1;
    };
    for (let turn = 0; turn < Math.max(WORDS, words.length); turn += 1) {
      const place = turn % words.length;
      const stirred = (state[at] ?? 0) ^ Math.imul(mixed(state[at - 1] ?? 0), 1_664_525);
      state[at] = stirred + (words[place] ?? 0) + place;
      wrap();
    }
    for (let turn = 1; turn < WORDS; turn += 1) {
      state[at] = ((state[at] ?? 0) ^ Math.imul(mixed(state[at - 1] ?? 0), 1_566_083_941)) - at;
      wrap();
    }
    state[0] = UPPER;
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    if (this.#at === WORDS) this.#turn();
    let word = this.#state[this.#at] ?? 0;
    this.#at += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #turn(): void {
    const state = this.#state;
    for (let at = 0; at < WORDS; at += 1) {
      const word = ((state[at] ?? 0) & UPPER) | ((state[(at + 1) % WORDS] ?? 0) & LOWER);
      const far = state[(at + SHIFT) % WORDS] ?? 0;
      state[at] = far ^ (word >>> 1) ^ ((word & 1) === 0 ? 0 : TWIST);
    }
    this.#at = 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
