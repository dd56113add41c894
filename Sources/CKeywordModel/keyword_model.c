#include "keyword_model.h"

static const unsigned char bytes[] = {
#embed "keywords.onnx"
};

const unsigned char *engram_keyword_model(void) { return bytes; }

size_t engram_keyword_model_size(void) { return sizeof bytes; }
