#include "lanes_portable.h"

#include "weight_gradient_body.h"
