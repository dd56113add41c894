// All bodies of elementwise.inc, and the check that they have the declared parameters.
#include "lanes.h"

#define KERNEL(result, name, parameters) result NAME(name) parameters;
#include "elementwise.inc"
#undef KERNEL

#include "elementwise_body.h"
#include "broadcast_body.h"
#include "normalization_body.h"
#include "pooling_body.h"
