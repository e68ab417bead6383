/* Measures: measures DIGITS, the digits network's file. */
#include "measure_host.h"

int main(int count, char **arguments) {
    if (count != 2)
        return 2;
    measure_curvature(arguments[1]);
    measure_estimates();
    measure_perturbations();
    measure_faults();
    measure_settings();
    return report("measures");
}
