import {
  drawn,
  type Graphics,
  graphicsOf,
  harmless,
  resultLine,
  type SyntheticType,
  type Terminal,
} from "@neurond/synthetics";
import type { Probed } from "../probe-once.ts";
import { decodeImage } from "./decode-image.ts";
import { keepNewest, saveMedia } from "./media-file.ts";
import { play } from "./play.ts";

/** Where answers are shown, and how. */
export interface ShowOptions {
  /** Kinds that are shown at all. */
  readonly types: ReadonlySet<SyntheticType>;
  readonly graphics: Graphics;
  readonly terminal: Terminal;
  /** Takes text for people; it may be a terminal or not. */
  readonly write: (text: string) => void;
  /** Where images and audio are saved that are not drawn; null: nowhere. */
  readonly directory: string | null;
  /** So many files are kept there, the newest. */
  readonly keepFiles: number;
  /** Program and arguments that play a file; null saves only. */
  readonly player: readonly [string, ...string[]] | null;
  /** Is told what could not be shown; showing never fails otherwise. */
  readonly warn: (error: unknown) => void;
}

/** Shows answers: words as they come, images and audio when they are whole. */
export class Show {
  readonly #options: ShowOptions;
  #isMidLine = false;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  /** Who takes the words of an answer of this kind. */
  listener(type: SyntheticType): (delta: string) => void {
    if (!this.#options.types.has(type)) return () => undefined;
    return (delta) => {
      const text = harmless(delta);
      this.#options.write(text);
      this.#isMidLine = !text.endsWith("\n");
    };
  }

  /** Shows the rest of an answer that is complete; `name` names its file. */
  async finish({ request, sent }: Probed, name: string, signal: AbortSignal): Promise<void> {
    if (this.#isMidLine) this.#options.write("\n");
    this.#isMidLine = false;
    if (!this.#options.types.has(request.type) || sent.kind === "refused") return;
    const { media, json, text } = sent.content;
    try {
      if (media !== null) await this.#media(Buffer.from(media.base64, "base64"), name, signal);
      else if (json !== null && text === "") this.#options.write(`${harmless(resultLine(json))}\n`);
    } catch (error) {
      signal.throwIfAborted();
      this.#options.warn(error);
    }
  }

  async #media(bytes: Buffer, name: string, signal: AbortSignal): Promise<void> {
    const { graphics, terminal, directory, keepFiles, player, warn, write } = this.#options;
    const way = graphicsOf(terminal, graphics);
    const isImage = IMAGE_MARK.test(bytes.toString("latin1", 0, 4));
    if (isImage && way !== "file") {
      try {
        return write(drawn(decodeImage(bytes), way, terminal));
      } catch (error) {
        warn(error);
      }
    }
    if (directory === null) return;
    const path = await saveMedia(directory, name, bytes);
    await keepNewest(directory, keepFiles);
    write(`saved as ${path}\n`);
    if (!isImage && player !== null) await play(player, path, signal);
  }
}

/** PNG or JPEG. */
const IMAGE_MARK = /^(\x89PNG|\xff\xd8\xff)/;
