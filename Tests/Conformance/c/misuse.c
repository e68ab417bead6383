/* Misuse of every function of sam.h: null, destroyed, foreign and wrong arguments, wrong order, from several threads. Each refusal is
   checked for its status and for a message that names the argument, its value and what was expected. Run it under valgrind and
   AddressSanitizer: there must be no fault and no leak. */
#include "refused.h"

int main(void) {
    misuse_library();
    misuse_parameters();
    misuse_shapes();
    misuse_overlap();
    misuse_stepping();
    misuse_order();
    misuse_options();
    misuse_schedules();
    misuse_structs();
    misuse_memory();
    misuse_threads();
    return report("misuse");
}
