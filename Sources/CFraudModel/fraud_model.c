#include "fraud_model.h"

static const unsigned char bytes[] = {
#embed "fraud.onnx"
};

const unsigned char *engram_fraud_model(void) { return bytes; }

size_t engram_fraud_model_size(void) { return sizeof bytes; }
