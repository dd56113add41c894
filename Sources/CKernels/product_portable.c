#include "lanes_portable.h"

#include "product_pack.h"
#include "product_body.h"
#include "peak_body.h"
#include "winograd_body.h"
