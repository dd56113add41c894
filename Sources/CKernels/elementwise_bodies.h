// All bodies of elementwise.inc, and the check that they have the declared parameters.
#include "sixteen_lanes.h"

#define KERNEL(result, name, parameters) result NAME(name) parameters;
#include "elementwise.inc"
#undef KERNEL

#include "elementwise_body.h"
#include "functions_body.h"
#include "broadcast_body.h"
#include "normalization_body.h"
#include "pooling_body.h"
#include "softmax_body.h"
#include "row_normalization_body.h"
#include "interpolation_body.h"
#include "piecewise_linear_body.h"
#include "loss_body.h"
#include "recurrent_body.h"
#include "reduction_body.h"
#include "row_dots_body.h"
#include "transposition_body.h"
#include "random_body.h"
#include "optimizer_body.h"
#include "conversion_body.h"
