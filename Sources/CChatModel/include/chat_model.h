// The chatbot's model that is part of the program.
#ifndef ENGRAM_CHAT_MODEL_H
#define ENGRAM_CHAT_MODEL_H

#include <stddef.h>

// The first byte of an ONNX file.
const unsigned char *_Nonnull engram_chat_model(void);

// How many bytes it has.
size_t engram_chat_model_size(void);

#endif
