#include "lanes_portable.h"

#include "depthwise_body.h"
