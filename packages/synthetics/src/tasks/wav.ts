import type { Dice } from "../dice.ts";

const RATE = 8_000;
const HEADER_BYTES = 44;

type Formants = readonly [number, number];

/** First and second formants of vowels in Hz: what makes a buzz sound like a voice. */
const VOWELS: readonly [Formants, ...Formants[]] = [
  [730, 1_090],
  [530, 1_840],
  [270, 2_290],
  [570, 840],
  [300, 870],
];

/**
 * A second or two of sung vowels as WAV, mono, 16 bit, 8 kHz. A recogniser finds few words in it or
 * none: the request is what is probed, not the transcript.
 */
export function speechLikeWav(dice: Dice): Uint8Array<ArrayBuffer> {
  const syllables = Array.from({ length: dice.integer(4, 9) }, () => ({
    vowel: dice.pick(VOWELS),
    pitch: dice.between(95, 220),
    samples: Math.round(RATE * dice.between(0.12, 0.3)),
  }));
  const count = syllables.reduce((sum, { samples }) => sum + samples, 0);
  const bytes = new Uint8Array(HEADER_BYTES + 2 * count);
  const view = new DataView(bytes.buffer);
  writeHeader(view, count);
  let at = HEADER_BYTES;
  for (const { vowel, pitch, samples } of syllables) {
    for (let sample = 0; sample < samples; sample += 1, at += 2) {
      const swell = Math.sin((Math.PI * sample) / samples);
      view.setInt16(at, Math.round(9_000 * swell * voiceAt(sample / RATE, pitch, vowel)), true);
    }
  }
  return bytes;
}

/** Harmonics of a pitch, loud where they are near a formant. */
function voiceAt(seconds: number, pitch: number, formants: Formants): number {
  let sum = 0;
  let total = 0;
  for (let harmonic = 1; harmonic * pitch < RATE / 2; harmonic += 1) {
    const frequency = harmonic * pitch;
    const gain = formants.reduce(
      (most, at) => Math.max(most, 1 / (1 + ((frequency - at) / 90) ** 2)),
      0,
    );
    sum += gain * Math.sin(2 * Math.PI * frequency * seconds);
    total += gain;
  }
  return sum / total;
}

/** A RIFF header for 16-bit mono PCM. */
function writeHeader(view: DataView, samples: number): void {
  const ascii = (at: number, text: string) =>
    [...text].forEach((letter, place) => {
      view.setUint8(at + place, letter.charCodeAt(0));
    });
  ascii(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + 2 * samples, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, 2 * samples, true);
}
