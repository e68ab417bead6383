/* Properties that hold for every name in the registries: one function per property, called for each variant. */
#ifndef PROPERTIES_H
#define PROPERTIES_H

#include "variants.h"

enum { STEPS = 12 };    /* more than the longest period of a method by default */

/* property_radius.c */
void radius_zero_is_the_base(const variant *);
void radius_moves_the_result(const variant *);
void evaluations_stay_declared(const variant *);

/* property_faults.c */
void faults_leave_no_trace(const variant *);
void propagate_does_not_look(const variant *);
void large_gradients_are_finite(const variant *);

/* property_missing.c */
void missing_first_is_left_out(const variant *);
void missing_later_is_zero(const variant *);
void bases_count_per_tensor(const variant *);

/* property_layout.c */
void order_of_tensors_is_free(const variant *);
void tensors_can_be_split(const variant *);
void alignment_is_free(const variant *);
void gradient_dtype_is_free(const variant *);
void threads_change_no_bit(const variant *);
void print_hash(const variant *);
void print_large_hash(const variant *);
void threads_start(void);

/* property_shared.c */
void neutral_options_change_no_bit(const variant *);
void method_rests_between(const variant *);
void gradients_are_cleared(const variant *);

/* property_schedules.c */
void schedules_are_settings(const variant *);

#endif
