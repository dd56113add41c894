#include "lanes_avx512.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "half_lanes.h"
#include "product_pack.h"
#include "product_body.h"
#include "peak_body.h"
#include "winograd_body.h"
#pragma clang attribute pop
