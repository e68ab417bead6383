/* Properties over the registries. Without an argument all of them; --short: faults and threads for fewer variants, under a sanitizer;
   --hash: instead, one line per variant with the hash of the weights after a run, for comparison between instruction sets (SAM_ISA in the
   environment; sam_build_info on stderr). */
#include "properties.h"

#include "check.h"

#include <string.h>

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "--hash")) {
        fprintf(stderr, "%s\n", sam_build_info());
        each_variant(1, print_hash);
        each_shared_variant(print_hash);
        each_variant(0, print_large_hash);
        return checks_failed != 0;
    }
    int all = argc < 2 || strcmp(argv[1], "--short");
    each_variant(0, radius_zero_is_the_base);
    each_variant(0, radius_moves_the_result);
    each_variant(0, evaluations_stay_declared);
    each_variant(all, faults_leave_no_trace);
    each_shared_variant(faults_leave_no_trace);
    if (all)
        each_with_base("adahessian", faults_leave_no_trace);        /* what a method keeps is written before the base's evaluations */
    each_variant(0, propagate_does_not_look);
    each_variant(0, large_gradients_are_finite);
    each_variant(0, missing_first_is_left_out);
    each_variant(1, missing_later_is_zero);
    each_variant(0, bases_count_per_tensor);
    each_variant(0, order_of_tensors_is_free);
    each_variant(0, tensors_can_be_split);
    each_variant(1, alignment_is_free);
    each_shared_variant(alignment_is_free);
    each_variant(1, gradient_dtype_is_free);
    each_shared_variant(gradient_dtype_is_free);
    each_variant(1, neutral_options_change_no_bit);
    each_variant(0, method_rests_between);
    each_variant(0, schedules_are_settings);
    each_variant(0, gradients_are_cleared);
    if (all)
        each_variant(0, threads_change_no_bit);
    threads_start();
    return report("properties");
}
