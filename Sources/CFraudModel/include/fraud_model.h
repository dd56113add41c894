// The model of fraud that is part of the program.
#ifndef ENGRAM_FRAUD_MODEL_H
#define ENGRAM_FRAUD_MODEL_H

#include <stddef.h>

// The first byte of an ONNX file.
const unsigned char *_Nonnull engram_fraud_model(void);

// How many bytes it has.
size_t engram_fraud_model_size(void);

#endif
