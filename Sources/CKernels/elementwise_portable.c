// The kernels of elementwise.inc for the instruction set `portable`.
#include "elementwise.h"

#define ENGRAM_ISA portable
#define ENGRAM_VECTOR_BITS 128
#include "elementwise_bodies.h"
