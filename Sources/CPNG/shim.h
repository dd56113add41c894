#pragma once
#include <png.h>

/// Macros with casts, which Swift does not import.
static const png_uint_32 engram_png_version = PNG_IMAGE_VERSION;
static const png_uint_32 engram_png_rgb = PNG_FORMAT_RGB;
static const png_uint_32 engram_png_rgba = PNG_FORMAT_RGBA;
static const png_uint_32 engram_png_alpha = PNG_FORMAT_FLAG_ALPHA;
static const png_uint_32 engram_png_16bit_srgb = PNG_IMAGE_FLAG_16BIT_sRGB;
