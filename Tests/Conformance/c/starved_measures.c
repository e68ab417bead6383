/* Memory that runs out in a measure, for every name of the catalogue: SAM_ERROR_MEMORY or a report, weights as they were, and the same value again. */
#include "measure_host.h"
#include "starving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static host h;
static const char *name;
static sam_report *again;
static size_t most;
static int once(void) { return measure_with(&h, name, NULL, 0, &again); }

/* A measure at its defaults on a small network; those that need a setting end with a status, which is looked at as well. */
static void starved(void) {
    made_up_network(&h, SAM_F64, 3, 4, 2, 12, 5);
    sam_report *r = NULL;
    starve(NONE_FAILS, 0);
    int expected = measure_with(&h, name, NULL, 0, &r);
    long requests = feed();
    double value = r ? number(r, "value") : 0;
    sam_report_destroy(r);
    for (long at = 0; at < requests; at += 1 + requests / 15)
        for (int how = ONE_FAILS; how <= OBJECTS_FAIL; how++) {
            if (how == OBJECTS_FAIL && at > 0)
                continue;
            trying("%s, request %ld, way %d", name, at, how);
            again = NULL;
            int answer;
            if (how == OBJECTS_FAIL) {
                size_t taken;
                answer = draw(once, &taken);
                most = taken > most ? taken : most;
                CHECK(taken <= 1 << 20, "%s: %zu bytes of the reserve, more than the half", name, taken);
            } else {
                starve(how, at);
                answer = once();
                feed();
            }
            CHECK(answer == expected || answer == SAM_ERROR_MEMORY, "%s, request %ld: %d, %s", name, at, answer, sam_error_message());
            CHECK(how != OBJECTS_FAIL || answer == expected, "%s: the reserve is too small? %s", name, sam_error_message());
            if (again) {
                double v = number(again, "value");
                CHECK(memcmp(&v, &value, sizeof v) == 0 || v != v, "%s: %g, expected %g", name, v, value);
            }
            sam_report_destroy(again);
        }
    host_free(&h);
}

int main(void) {
    for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
        sam_entry entry = {.struct_size = sizeof entry};
        sam_catalog_entry(SAM_MEASURES, i, &entry);
        name = entry.name;
        starved();
    }
    printf("at most %zu bytes of a reserve\n", most);
    return report("starved_measures");
}
