/* States that are changed and have the checksum of what they then are: read or refused with a status and a sentence, never more; refused, the optimizer
   is as it was, and read, it steps. Counters that cannot be are refused. And files that are none of ours: refused by their first bytes, however
   large they are. Argument: a folder to write to. */
#include "SAMState.h"
#include "check.h"
#include "refused.h"

#include <fcntl.h>
#include <math.h>
#include <sam.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MOST = 1 << 16 };

/* The checksum's 16 digits for what the bytes are now. */
static void seal(char *bytes, size_t count) {
    char *place = NULL;
    for (size_t i = 0; i + 22 <= count && !place; i++)
        if (!memcmp(bytes + i, "xxh64:", 6))
            place = bytes + i + 6;
    if (!place)
        return;
    sam_checksum sum;
    char digits[17];
    memcpy(place, "0000000000000000", 16);
    sam_checksum_begin(&sum);
    sam_checksum_add(&sum, bytes, count);
    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)sam_checksum_end(&sum));
    memcpy(place, digits, 16);
}

typedef struct run {
    double w[6], g[6];
    sam_parameters *set;
    sam_optimizer *o;
} run;

static void open_run(run *r, const char *method, const char *base) {
    static const int64_t square[2] = {2, 2}, two = 2;
    for (int i = 0; i < 6; i++)
        r->w[i] = 1 + i, r->g[i] = 0.1 * i;
    sam_parameter a = {sizeof a, "a", SAM_F64, 0, SAM_WEIGHT, 0, 2, square, r->w, r->g}, b = {sizeof b, "b", SAM_F64, 0, SAM_BIAS, 1, 1, &two, r->w + 4, r->g + 4};
    ACCEPTED(sam_parameters_create(&r->set));
    ACCEPTED(sam_parameters_add_group(r->set, "second"));
    ACCEPTED(sam_parameters_add(r->set, &a));
    ACCEPTED(sam_parameters_add(r->set, &b));
    ACCEPTED(sam_optimizer_create(r->set, method, base, &r->o));
}

static void close_run(run *r) {
    sam_optimizer_destroy(r->o);
    sam_parameters_destroy(r->set);
}

static int steps(run *r, int count) {
    int ask = 0;
    for (int step = 0; step < count && ask >= 0; step++) {
        int evaluations = 0;
        while ((ask = sam_step(r->o, 1)) > 0 && ++evaluations < 40)
            ;
        sam_cancel(r->o);
    }
    return ask;
}

static size_t state_of(run *r, char *out) {
    size_t count = 0;
    ACCEPTED(sam_optimizer_state_size(r->o, &count));
    ACCEPTED(sam_optimizer_state_write(r->o, out, count));
    return count;
}

/* One changed text for another, of any length, within the header. Answers the new count, 0 where the text is not there. */
static size_t replaced(const char *from, size_t count, const char *old, const char *new, char *out) {
    uint64_t length;
    memcpy(&length, from, 8);
    size_t n = strlen(old), m = strlen(new);
    for (size_t i = 8; i + n <= 8 + length; i++) {
        if (memcmp(from + i, old, n))
            continue;
        memcpy(out, from, i);
        memcpy(out + i, new, m);
        memcpy(out + i + m, from + i + n, count - i - n);
        length = length - n + m;
        memcpy(out, &length, 8);
        seal(out, count - n + m);
        return count - n + m;
    }
    return 0;
}

static void counters(void) {
    static char state[MOST], changed[MOST], before[MOST], after[MOST];
    static const double wrong[] = {-1, 0.5, 9e18, 1e300, NAN, INFINITY, -INFINITY, 9007199254740994}, right[] = {0, 1, 1e6, 9007199254740992};
    run r, other;
    open_run(&r, "sam", "adam"), open_run(&other, "sam", "adam");
    CHECK(steps(&r, 3) == 0, "%s", sam_error_message());
    size_t count = state_of(&r, state), own = state_of(&other, before);
    double three = 3;
    for (int good = 0; good < 2; good++) {
        for (size_t i = 0; i < (good ? sizeof right : sizeof wrong) / sizeof(double); i++) {
            int places = 0;
            memcpy(changed, state, count);
            uint64_t length;
            memcpy(&length, state, 8);
            for (size_t k = 8 + length; k + 8 <= count; k += 8)
                if (!memcmp(state + k, &three, 8))
                    memcpy(changed + k, good ? &right[i] : &wrong[i], 8), places++;
            CHECK(places >= 2, "no steps of the base in the state");
            seal(changed, count);
            if (good) {
                ACCEPTED(sam_optimizer_state_read(other.o, changed, count));
                CHECK(steps(&other, 2) == 0, "%s", sam_error_message());
                ACCEPTED(sam_optimizer_state_read(other.o, before, own));
            } else {
                REFUSED(sam_optimizer_state_read(other.o, changed, count), SAM_ERROR_FORMAT, "base.steps.", "whole number");
            }
            CHECK(state_of(&other, after) == own && !memcmp(before, after, own), "the optimizer changed");
        }
    }
    static const char *const texts[] = {"-1,6,0,6", "3,6,0", "3,6,0,3,7", "nan,6,0,6", "inf,6,0,6", "3.5,6,0,6", "9e18,6,0,6", "9223372036854775808,6,0,6", "3,6,0,x", "", ",,,"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char new[80];
        snprintf(new, sizeof new, "batches\":\"%s\"", texts[i]);
        size_t n = replaced(state, count, "batches\":\"3,6,0,3\"", new, changed);
        CHECK(n, "no counters in the state");
        REFUSED(sam_optimizer_state_read(other.o, changed, n), SAM_ERROR_FORMAT, "counters");
    }
    /* 1.0 wrote them so */
    size_t n = replaced(state, count, "batches\":\"3,6,0,3\"", "batches\":\"3e+00,6,0,1.2e+01\"", changed);
    ACCEPTED(sam_optimizer_state_read(other.o, changed, n));
    CHECK(sam_batch(other.o) == 12, "%lld", (long long)sam_batch(other.o));
    close_run(&r), close_run(&other);
}

/* Schedules and options that no call would have accepted. */
static void settings(void) {
    static char state[MOST], changed[MOST];
    static const struct { const char *old, *new; int status; } all[] = {
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,nan,0.1,2,1000,0,0,3", SAM_ERROR_RANGE},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,inf,2,1000,0,0,3", SAM_ERROR_RANGE},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,-5e300,0.1,2,1000,0,0,3", SAM_ERROR_RANGE},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,-2,1000,0,0,3", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,2,1000.5,0,0,3", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,2,1000,-1,0,3", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,2,1000,nan,0,3", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,2,1000,0,0", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosin,0.5,0.1,2,1000,0,0,3", SAM_ERROR_FORMAT},
        {"cosine,0.5,0.1,2,1000,0,0,3", "cosine,0.5,0.1,2,1e+03,0e+00,0,3", SAM_OK},
        {"schedule.base.lr.0", "schedule.shared.accumulate.0", SAM_ERROR_FORMAT},
        {"schedule.base.lr.0", "schedule.base.lr.1", SAM_OK},
        {"\"shared.accumulate\":\"1\"", "\"shared.accumulate\":\"0\"", SAM_ERROR_RANGE},
        {"\"shared.accumulate\":\"1\"", "\"shared.accumulate\":\"1.5\"", SAM_ERROR_RANGE},
        {"\"shared.accumulate\":\"1\"", "\"shared.accumulate\":\"1,1\"", SAM_ERROR_MISMATCH},
        {"\"shared.nonfinite\":\"error\"", "\"shared.nonfinite\":\"eror\"", SAM_ERROR_RANGE},
        {"\"format\":\"libsam\"", "\"format\":\"other\"", SAM_ERROR_FORMAT},
        {"\"version\":\"1\"", "\"version\":\"2\"", SAM_ERROR_FORMAT},
        {"\"shared.accumulate\":\"1\",\"shared.micro_batches\":\"1\"", "\"shared.accumulate\":\"2\",\"shared.micro_batches\":\"2\"", SAM_ERROR_UNSUPPORTED},
    };
    run r, other;
    sam_schedule course = {sizeof course, "cosine", 0.5, 0.1, 2, 1000, 0, 0};
    open_run(&r, "sam", "sgd"), open_run(&other, "sam", "sgd");
    CHECK(steps(&r, 3) == 0, "%s", sam_error_message());
    ACCEPTED(sam_optimizer_schedule(r.o, 0, "lr", &course));
    size_t count = state_of(&r, state);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n = replaced(state, count, all[i].old, all[i].new, changed);
        CHECK(n, "\"%s\" is not in the state", all[i].old);
        if (all[i].status == SAM_OK)
            ACCEPTED(sam_optimizer_state_read(other.o, changed, n));
        else
            REFUSED(sam_optimizer_state_read(other.o, changed, n), all[i].status, "");
    }
    close_run(&r), close_run(&other);
}

/* Bytes, digits and words of the header changed at random, for several methods. */
static void at_random(void) {
    static const char *const pairs[][2] = {{"sam", "adamw"}, {"vasso", "shampoo"}, {"ssam_d", "prodigy"}, {"lookbehind_sam", "lion"}, {"none", "soap"}};
    static char state[MOST], changed[MOST], before[MOST], after[MOST];
    uint64_t x = 1234567;
    int taken = 0, gone = 0;
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        run r;
        open_run(&r, pairs[k][0], pairs[k][1]);
        CHECK(steps(&r, 3) == 0, "%s", sam_error_message());
        size_t count = state_of(&r, state);
        uint64_t length;
        memcpy(&length, state, 8);
        for (int i = 0; i < 1200; i++) {
            memcpy(changed, state, count);
            for (int n = 0; n <= i % 3; n++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                size_t at = 8 + (size_t)(x >> 20) % (i % 2 ? (size_t)length : count - 8);
                changed[at] = i % 5 == 0 ? (char)(x >> 50) : "0123456789-e.,:\"{}[]naif"[(x >> 50) % 24];
            }
            seal(changed, count);
            size_t own = state_of(&r, before);
            int answer = sam_optimizer_state_read(r.o, changed, count);
            if (answer == SAM_OK) {
                taken++;
                steps(&r, 2);
            } else {
                gone++;
                CHECK(answer == SAM_ERROR_FORMAT || answer == SAM_ERROR_MISMATCH || answer == SAM_ERROR_RANGE || answer == SAM_ERROR_UNSUPPORTED || answer == SAM_ERROR_MEMORY, "%d", answer);
                CHECK(state_of(&r, after) == own && !memcmp(before, after, own), "a refused state changed the optimizer: %s", sam_error_message());
            }
            if (answer == SAM_OK)
                ACCEPTED(sam_optimizer_state_read(r.o, state, count));
        }
        close_run(&r);
    }
    printf("%d changed states read, %d refused\n", taken, gone);
    CHECK(taken > 50 && gone > 1000, "%d read, %d refused", taken, gone);
}

static void foreign_file(run *r, const char *path, const char *head, size_t count, long long size) {
    struct rusage was, now;
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    CHECK(file >= 0 && write(file, head, count) == (ssize_t)count && ftruncate(file, size) == 0, "no file of %lld bytes", size);
    close(file);
    getrusage(RUSAGE_SELF, &was);
    REFUSED(sam_optimizer_load(r->o, path), SAM_ERROR_FORMAT, "file");
    getrusage(RUSAGE_SELF, &now);
    CHECK(now.ru_maxrss - was.ru_maxrss < 64 << 10, "%ld KiB were taken for a file that is none of ours", now.ru_maxrss - was.ru_maxrss);
    unlink(path);
}

static void foreign(const char *folder) {
    char path[600], head[400] = "", text[300];
    run r;
    open_run(&r, "sam", "adam");
    snprintf(path, sizeof path, "%s/foreign", folder);
    const long long giga = (long long)1 << 30;
    foreign_file(&r, path, "", 0, giga);                                    /* zeros */
    uint64_t length = (uint64_t)giga - 8;
    memcpy(head, &length, 8);
    foreign_file(&r, path, head, 8, giga);                                  /* a header of zeros to its end */
    memcpy(head + 8, "{\"__metadata__\":{", 17);
    foreign_file(&r, path, head, 25, giga);                                 /* one that begins as ours */
    foreign_file(&r, path, "\x7f" "ELF\2\1\1 and so on", 20, giga);
    foreign_file(&r, path, "{\"text\": 1}", 11, 4096 * (long long)giga);
    snprintf(text, sizeof text, "{\"weight\":{\"dtype\":\"F32\",\"shape\":[268435456],\"data_offsets\":[0,1073741824]}}");
    length = strlen(text);
    memcpy(head, &length, 8), memcpy(head + 8, text, length);
    foreign_file(&r, path, head, 8 + length, 8 + (long long)length + giga);    /* safetensors of others */
    snprintf(text, sizeof text, "{\"__metadata__\":{\"format\":\"pt\",\"checksum\":\"xxh64:0000000000000000\"},\"weight\":{\"dtype\":\"F32\",\"shape\":[268435456],\"data_offsets\":[0,1073741824]}}");
    length = strlen(text);
    memcpy(head, &length, 8), memcpy(head + 8, text, length);
    foreign_file(&r, path, head, 8 + length, 8 + (long long)length + giga);
    foreign_file(&r, path, "", 0, 0);
    foreign_file(&r, path, "1234567", 7, 7);
    close_run(&r);
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    char command[700];
    struct rlimit limit = {(rlim_t)4 << 30, (rlim_t)4 << 30};
    setrlimit(RLIMIT_AS, &limit);
    snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s'", argv[1], argv[1]);
    if (system(command))
        return 2;
    foreign(argv[1]);
    counters();
    settings();
    at_random();
    return report("mutants");
}
