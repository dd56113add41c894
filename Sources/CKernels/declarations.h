// Every kernel of every instruction set: engram_<name>_<isa>.
#pragma once

#include "kernels.h"

#define KERNEL(result, name, parameters)     \
    result engram_##name##_portable parameters; \
    result engram_##name##_avx2 parameters;     \
    result engram_##name##_avx512 parameters;
#include "kernels.inc"
#include "elementwise.inc"
#undef KERNEL
