/* sam.h alone, twice, as C99: every function can be named and has the type it is used with. */
#include <sam.h>
#include <sam.h>

int main(void) {
    int (*step)(sam_optimizer *, double) = sam_step;
    int (*add)(sam_parameters *, const sam_parameter *) = sam_parameters_add;
    int64_t (*batch)(const sam_optimizer *) = sam_batch;
    return !step || !add || !batch || SAM_ERROR_UNSUPPORTED != -12;
}
