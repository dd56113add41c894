#!/usr/bin/env python3
"""Makes Tests/ImagesTests/Goldens: one small picture in many kinds of files, and beside each how Pillow reads it.

Needs Pillow, pillow-heif, pypng and numpy. NAME.KIND is the file, NAME.KIND.ppm what Pillow makes of it: turned as EXIF
says, transparency laid on white. Also resized-*.ppm and warped-*.ppm of picture.ppm, by Pillow's resize and transform.
"""

import argparse
import io
import pathlib

import numpy as np
import pillow_heif
import png
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ImagesTests" / "Goldens"
WIDTH, HEIGHT = 22, 15


def picture():
    """Smooth, with an edge, and unlike its mirror images."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red, green = 12 * x, 17 * y
    blue = np.where((x - 6) ** 2 + (y - 5) ** 2 < 16, 255, 40 + 3 * x + 2 * y)
    return np.stack([red, green, blue], -1).clip(0, 255).astype(np.uint8)


def on_white(image):
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def expect(name, image):
    image.convert("RGB").save(FOLDER / f"{name}.ppm")


def write(name, content, image=None):
    (FOLDER / name).write_bytes(content)
    if image is None:
        with Image.open(io.BytesIO(content)) as opened:
            opened.seek(0)
            image = on_white(opened)
    expect(name, image)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_of(rows, **options):
    buffer = io.BytesIO()
    png.Writer(rows.shape[1], rows.shape[0], **options).write(buffer, rows.reshape(rows.shape[0], -1).tolist())
    return buffer.getvalue()


def pngs(rgb):
    grey = rgb[..., 1]
    write("rgb8.png", png_of(rgb, greyscale=False))
    write("rgb8-interlaced.png", png_of(rgb, greyscale=False, interlace=True))
    wide = rgb.astype(np.uint16) * 257
    write("rgb16.png", png_of(wide, greyscale=False, bitdepth=16), Image.fromarray(rgb))
    for depth in (1, 2, 4, 8):
        write(f"grey{depth}.png", png_of(grey >> (8 - depth), greyscale=True, bitdepth=depth))
    write("grey16.png", png_of(grey.astype(np.uint16) * 257, greyscale=True, bitdepth=16), Image.fromarray(grey))
    write("grey4-interlaced.png", png_of(grey >> 4, greyscale=True, bitdepth=4, interlace=True))
    alpha = (np.mgrid[0:HEIGHT, 0:WIDTH][1] * 12).astype(np.uint8)
    write("rgba8.png", png_of(np.dstack([rgb, alpha]), greyscale=False, alpha=True))
    write("greyalpha8.png", png_of(np.dstack([grey, alpha]), greyscale=True, alpha=True))
    for depth in (1, 2, 4, 8):
        colours = [(int(k * 37 % 256), int(k * 91 % 256), 255 - int(k * 11 % 256)) for k in range(2**depth)]
        write(f"palette{depth}.png", png_of(grey >> (8 - depth), palette=colours, bitdepth=depth))
    clear = [(*colour, 40 * k % 256) for k, colour in enumerate(colours[:16])]
    write("palette4-transparent.png", png_of(grey >> 4, palette=clear, bitdepth=4))
    frames = [Image.fromarray(rgb), Image.fromarray(255 - rgb)]
    write("animated.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100))


def jpegs(rgb):
    image = Image.fromarray(rgb)
    write("plain.jpg", saved(image, "JPEG", quality=90))
    write("progressive.jpg", saved(image, "JPEG", quality=90, progressive=True))
    write("full-colour.jpg", saved(image, "JPEG", quality=95, subsampling=0))
    write("grey.jpg", saved(image.convert("L"), "JPEG", quality=90))
    write("cmyk.jpg", saved(image.convert("CMYK"), "JPEG", quality=95))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        write(f"turned{orientation}.jpg", saved(image, "JPEG", quality=95, subsampling=0, exif=exif))


def others(rgb):
    image = Image.fromarray(rgb)
    transparent = image.copy()
    transparent.putalpha(Image.fromarray((np.mgrid[0:HEIGHT, 0:WIDTH][1] * 12).astype(np.uint8)))
    write("lossy.webp", saved(image, "WEBP", quality=90))
    write("lossless.webp", saved(image, "WEBP", lossless=True))
    write("transparent.webp", saved(transparent, "WEBP", lossless=True))
    frames = [image, Image.fromarray(255 - rgb)]
    write("animated.webp", saved(image, "WEBP", save_all=True, append_images=frames[1:], lossless=True))
    pillow_heif.register_heif_opener()
    # As a phone writes one that is held upright: stored on its side, turned by the container, and EXIF says so too.
    exif = Image.Exif()
    exif[0x0112] = 6
    big = image.resize((88, 60), Image.NEAREST)
    write("plain.heic", saved(big, "HEIF", quality=95, chroma=444))
    write("turned.heic", saved(big, "HEIF", quality=95, chroma=444, exif=exif.tobytes()))
    rows = rgb.tolist()
    write("plain.ppm", b"P6 %d %d 255\n" % (WIDTH, HEIGHT) + rgb.tobytes())
    text = "P3\n# a comment\n%d %d # another\n255\n" % (WIDTH, HEIGHT)
    write("text.ppm", (text + "\n".join(" ".join(map(str, sum(row, []))) for row in rows)).encode())
    grey = rgb[..., 1]
    write("plain.pgm", b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + grey.tobytes())
    write("wide.pgm", b"P5\n%d %d\n65535\n" % (WIDTH, HEIGHT) + (grey.astype(">u2") * 257).astype(">u2").tobytes(),
          Image.fromarray(grey))


def geometry(rgb):
    image = Image.fromarray(rgb)
    for width, height in [(44, 30), (11, 7), (5, 4), (31, 9), (1, 1)]:
        expect(f"resized-{width}x{height}", image.resize((width, height), Image.BILINEAR))
    # Pillow takes the place of a pixel's middle, and leaves black what is outside.
    for name, parts in [("shifted", (1, 0, 1.5, 0, 1, -0.25)), ("turned", (0.8, -0.5, 4, 0.5, 0.8, 1))]:
        expect(f"warped-{name}", image.transform((20, 18), Image.AFFINE, parts, Image.BILINEAR))


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    rgb = picture()
    expect("picture", Image.fromarray(rgb))
    pngs(rgb)
    jpegs(rgb)
    others(rgb)
    geometry(rgb)


if __name__ == "__main__":
    main()
