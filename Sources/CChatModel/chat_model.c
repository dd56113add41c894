#include "chat_model.h"

static const unsigned char bytes[] = {
#embed "chat.onnx"
};

const unsigned char *engram_chat_model(void) { return bytes; }

size_t engram_chat_model_size(void) { return sizeof bytes; }
