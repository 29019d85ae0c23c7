import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  drawn,
  fitInto,
  graphicsOf,
  halfBlocks,
  harmless,
  kittyImage,
  type Picture,
  sixels,
} from "@neurond/synthetics";
import {
  decodeImage,
  extensionOf,
  keepNewest,
  LineCutter,
  saveMedia,
} from "@neurond/synthetics/io";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";

const solid = (width: number, height: number, ...colour: [number, number, number]): Picture => ({
  width,
  height,
  rgb: Uint8Array.from({ length: 3 * width * height }, (_, at) => colour[at % 3] ?? 0),
});

describe("images are drawn", () => {
  test("as half blocks, two rows a line", () => {
    const picture = { width: 1, height: 3, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) };
    expect(halfBlocks(picture)).toBe(
      "\u001b[38;2;1;2;3;48;2;4;5;6m▀\u001b[0m\n\u001b[38;2;7;8;9;48;2;0;0;0m▀\u001b[0m\n",
    );
  });

  test("as sixels whose runs give the pixels back", () => {
    // 7 rows are two bands; white is the colour 215, and its runs are compressed.
    expect(sixels(solid(9, 7, 255, 255, 255))).toBe(
      '\u001bPq"1;1;9;7#215;2;100;100;100#215!9~-#215!9@-\u001b\\',
    );
  });

  test("as sixels that cover every pixel once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 13 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (width, height, values) => {
          const rgb = Uint8Array.from(
            { length: 3 * width * height },
            () => values.next().value ?? 0,
          );
          expect(coverage(sixels({ width, height, rgb }), width)).toEqual(
            Array.from({ length: width * height }, () => 1),
          );
        },
      ),
    );
  });

  test("for kitty in pieces of at most 4096 characters", () => {
    const text = kittyImage(solid(64, 64, 1, 2, 3));
    const pieces = text
      .split("\u001b_G")
      .slice(1)
      .map((piece) => piece.split(/[;\\]/));
    expect(pieces.length).toBe(4);
    expect(pieces[0]?.[0]).toBe("a=T,f=24,s=64,v=64,q=2,m=1");
    expect(pieces.at(-1)?.[0]).toBe("q=2,m=0");
    const bytes = Buffer.from(
      pieces.map(([, payload]) => payload?.replace("\u001b", "")).join(""),
      "base64",
    );
    expect(bytes).toEqual(Buffer.from(solid(64, 64, 1, 2, 3).rgb));
  });

  test("no larger than the frame, in their proportions", () => {
    const small = fitInto(solid(1_000, 500, 10, 20, 30), 80, 96);
    expect(small).toEqual(solid(80, 40, 10, 20, 30));
    expect(fitInto(solid(3, 3, 1, 1, 1), 80, 96)).toMatchObject({ width: 3, height: 3 });
    expect(fitInto(solid(5_000, 1, 1, 1, 1), 80, 96)).toMatchObject({ width: 80, height: 1 });
    expect(drawn(solid(1_000, 500, 0, 0, 0), "blocks", { columns: 40 }).split("\n").length).toBe(
      11,
    );
  });
});

describe("a terminal", () => {
  const on = (env: Record<string, string>, isTTY = true) => ({ isTTY, columns: 80, env });

  test.each([
    [{ TERM: "xterm-kitty" }, "kitty"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, "kitty"],
    [{ TERM: "foot" }, "sixel"],
    [{ TERM: "xterm-256color" }, "blocks"],
    [{ TERM: "tmux-256color", KITTY_WINDOW_ID: "1" }, "blocks"],
    [{ TERM: "dumb" }, "file"],
  ])("of %j is sent %s", (env, way) => {
    expect(graphicsOf(on(env), "auto")).toBe(way);
  });

  test("gets what was wished for; what is none gets nothing whatever was wished for", () => {
    expect(graphicsOf(on({ TERM: "xterm" }), "sixel")).toBe("sixel");
    for (const wish of ["auto", "kitty", "sixel", "blocks"] as const)
      expect(graphicsOf(on({ TERM: "xterm-kitty" }, false), wish)).toBe("file");
  });

  test("is told no control character that a model says", () => {
    expect(harmless("a\r\nb\tc\u001b[2J\u0007\u009b31m\u202ed")).toBe(
      "a\nb\tc\ufffd[2J\ufffd\ufffd31m\ufffdd",
    );
  });
});

describe("an image file", () => {
  const rgba = Buffer.from([255, 0, 0, 255, 0, 255, 0, 127]);
  const png = (options: object = {}) => {
    const image = new PNG({ width: 2, height: 1 });
    rgba.copy(image.data);
    return PNG.sync.write(image, options);
  };

  test("of PNG or JPEG gives its pixels, transparent ones darker", () => {
    expect(decodeImage(png())).toEqual({
      width: 2,
      height: 1,
      rgb: Uint8Array.of(255, 0, 0, 0, 127, 0),
    });
    const data = Buffer.alloc(16 * 16 * 4, 200);
    const { width, rgb } = decodeImage(jpeg.encode({ width: 16, height: 16, data }, 90).data);
    expect(width).toBe(16);
    expect(Math.abs((rgb[0] ?? 0) - Math.round((200 * 255) / 255))).toBeLessThan(6);
  });

  test("that claims too many pixels, is interlaced, torn or something else is refused", () => {
    const huge = png();
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    const interlaced = png();
    interlaced.writeUInt8(1, 28);
    for (const bytes of [
      huge,
      interlaced,
      png().subarray(0, 40),
      Buffer.alloc(0),
      Buffer.from("GIF89a"),
    ])
      expect(codeOf(() => decodeImage(bytes))).toBe("IMAGE_UNREADABLE");
  });

  test("is named by what it is, and there whole", async () => {
    const directory = mkdtempSync(join(tmpdir(), "media-"));
    try {
      const path = await saveMedia(join(directory, "new"), "name", png());
      expect(readdirSync(join(directory, "new"))).toEqual(["name.png"]);
      expect(path).toBe(join(directory, "new", "name.png"));
      expect(extensionOf(Buffer.from("#!/bin/sh"))).toBe("bin");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test("only the newest files of ours are kept, and none of others is touched", async () => {
  const directory = mkdtempSync(join(tmpdir(), "media-"));
  try {
    const nameOf = (day: number) => `2026-11-0${day}T10-00-00-000Z-image-0011aabb.png`;
    for (const name of [nameOf(3), nameOf(1), nameOf(2), "holiday.png", "2020-01-01-image.png"])
      writeFileSync(join(directory, name), "");
    await keepNewest(directory, 2);
    expect(readdirSync(directory).sort()).toEqual([
      "2020-01-01-image.png",
      nameOf(2),
      nameOf(3),
      "holiday.png",
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("lines come out the same however the bytes are cut", () => {
  const lines = fc.array(
    fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "")),
  );
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (texts, sizes) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const cutter = new LineCutter(1_000);
        const out: (string | null)[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          out.push(...cutter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect([...out, ...cutter.end()]).toEqual(
          texts.map((text) => Buffer.from(text).toString()),
        );
      },
    ),
  );
});

test("a line beyond the limit is dropped, and the next one is read", () => {
  const cutter = new LineCutter(4);
  const out = [
    ...cutter.push(Buffer.from("12345\r\nab")),
    ...cutter.push(Buffer.from("c\n123456")),
  ];
  expect([...out, ...cutter.end()]).toEqual([null, "abc", null]);
});

/** How often each pixel is set by the bands of a sixel text. */
function coverage(text: string, width: number): readonly number[] {
  const [, height] = /"1;1;\d+;(\d+)/.exec(text) ?? [];
  const counts = Array.from({ length: width * Number(height) }, () => 0);
  const body = text
    .replace(/^[\s\S]*?"1;1;\d+;\d+(#\d+;2;\d+;\d+;\d+)*/, "")
    .replace("-\u001b\\", "");
  for (const [band, lines] of body.split("-").entries()) {
    for (const line of lines.split("$")) {
      let x = 0;
      const runs = line.replace(/^#\d+/, "").matchAll(/(?:!(\d+))?([?-~])/g);
      for (const [, count = "1", character = "?"] of runs) {
        for (let left = Number(count); left > 0; left -= 1, x += 1) {
          const bits = character.charCodeAt(0) - 63;
          for (let row = 0; row < 6; row += 1) {
            const at = (6 * band + row) * width + x;
            if (bits & (1 << row)) counts[at] = (counts[at] ?? 0) + 1;
          }
        }
      }
    }
  }
  return counts;
}
