/* Library and catalogue. */
#include "refused.h"

#include <string.h>

static void catalogue(void) {
    sam_entry entry = {.struct_size = sizeof entry};
    sam_option option = {.struct_size = sizeof option};
    int methods = sam_catalog_count(SAM_METHODS), shared = sam_catalog_count(SAM_SHARED);
    CHECK(methods > 0 && shared > 0, "%d methods, %d shared options", methods, shared);
    CHECK(sam_catalog_count(SAM_MEASURES) > 0, "no measures");
    CHECK(sam_catalog_count(SAM_LOSSES) == 0, "a kind that is not there counts more than 0");
    REFUSED(sam_catalog_count(-1), SAM_ERROR_ARGUMENT, "kind", "-1");
    REFUSED(sam_catalog_count(6), SAM_ERROR_ARGUMENT, "kind", "6");
    REFUSED(sam_catalog_entry(-1, 0, &entry), SAM_ERROR_ARGUMENT, "kind", "-1");
    REFUSED(sam_catalog_entry(SAM_METHODS, -1, &entry), SAM_ERROR_ARGUMENT, "index", "-1");
    REFUSED(sam_catalog_entry(SAM_METHODS, methods, &entry), SAM_ERROR_ARGUMENT, "index");
    REFUSED(sam_catalog_entry(SAM_LOSSES, 0, &entry), SAM_ERROR_ARGUMENT, "index", "0");
    REFUSED(sam_catalog_entry(SAM_METHODS, 0, NULL), SAM_ERROR_ARGUMENT, "out", "NULL");
    REFUSED(sam_catalog_option(77, "sam", 0, &option), SAM_ERROR_ARGUMENT, "kind", "77");
    REFUSED(sam_catalog_option(SAM_METHODS, NULL, 0, &option), SAM_ERROR_ARGUMENT, "name", "NULL");
    REFUSED(sam_catalog_option(SAM_METHODS, "asm", 0, &option), SAM_ERROR_NAME, "asm", "asam");
    REFUSED(sam_catalog_option(SAM_METHODS, "", 0, &option), SAM_ERROR_NAME, "name");
    REFUSED(sam_catalog_option(SAM_BASES, "sdg", 0, &option), SAM_ERROR_NAME, "sdg", "sgd");
    REFUSED(sam_catalog_option(SAM_METHODS, "sam", -1, &option), SAM_ERROR_ARGUMENT, "index", "-1");
    REFUSED(sam_catalog_option(SAM_METHODS, "sam", 1000, &option), SAM_ERROR_ARGUMENT, "index", "1000");
    REFUSED(sam_catalog_option(SAM_METHODS, "sam", 0, NULL), SAM_ERROR_ARGUMENT, "out", "NULL");
    REFUSED(sam_catalog_option(SAM_SHARED, NULL, shared, &option), SAM_ERROR_ARGUMENT, "index");
    ACCEPTED(sam_catalog_option(SAM_SHARED, NULL, shared - 1, &option));
    ACCEPTED(sam_catalog_entry(SAM_SHARED, shared - 1, &entry));
}

void misuse_library(void) {
    static const struct { int status; const char *name; } names[] = {
        {SAM_OK, "SAM_OK"}, {7, "SAM_OK"}, {SAM_ERROR_ARGUMENT, "SAM_ERROR_ARGUMENT"}, {SAM_ERROR_NAME, "SAM_ERROR_NAME"},
        {SAM_ERROR_RANGE, "SAM_ERROR_RANGE"}, {SAM_ERROR_STATE, "SAM_ERROR_STATE"}, {SAM_ERROR_NONFINITE, "SAM_ERROR_NONFINITE"},
        {SAM_ERROR_MEMORY, "SAM_ERROR_MEMORY"}, {SAM_ERROR_IO, "SAM_ERROR_IO"}, {SAM_ERROR_FORMAT, "SAM_ERROR_FORMAT"},
        {SAM_ERROR_MISMATCH, "SAM_ERROR_MISMATCH"}, {SAM_ERROR_CALLBACK, "SAM_ERROR_CALLBACK"},
        {SAM_ERROR_CANCELLED, "SAM_ERROR_CANCELLED"}, {SAM_ERROR_UNSUPPORTED, "SAM_ERROR_UNSUPPORTED"}, {-13, "unknown"}, {-2147483647 - 1, "unknown"},
    };
    CHECK(!strcmp(sam_error_message(), ""), "the message before any failure is \"%s\"", sam_error_message());
    CHECK(!strcmp(sam_version(), "1.0.0"), "version %s", sam_version());
    CHECK(sam_abi_version() == SAM_ABI_VERSION, "abi version %d", sam_abi_version());
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(!strcmp(sam_status_name(names[i].status), names[i].name), "%d is %s", names[i].status, sam_status_name(names[i].status));
    static const char *const keys[] = {"version", "instruction_set", "threads", "blas", "openmp", "swift"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        CHECK(strstr(sam_build_info(), keys[i]), "build info lacks \"%s\": %s", keys[i], sam_build_info());
    CHECK(sam_threads() == 1, "%d threads before the host says so", sam_threads());
    REFUSED(sam_set_threads(0), SAM_ERROR_RANGE, "count", "0", "1");
    REFUSED(sam_set_threads(-3), SAM_ERROR_RANGE, "count", "-3");
    REFUSED(sam_set_threads(1025), SAM_ERROR_RANGE, "count", "1025", "1024");
    CHECK(sam_threads() == 1, "a refused count was taken: %d", sam_threads());
    ACCEPTED(sam_set_threads(2));
    CHECK(sam_threads() == 2, "%d", sam_threads());
    ACCEPTED(sam_set_threads(1));
    catalogue();
}
