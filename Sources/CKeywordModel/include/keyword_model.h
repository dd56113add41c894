// The keyword model that is part of the program.
#ifndef ENGRAM_KEYWORD_MODEL_H
#define ENGRAM_KEYWORD_MODEL_H

#include <stddef.h>

// The first byte of an ONNX file.
const unsigned char *_Nonnull engram_keyword_model(void);

// How many bytes it has.
size_t engram_keyword_model_size(void);

#endif
