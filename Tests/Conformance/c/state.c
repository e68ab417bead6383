/* States in files and buffers: what is refused, and that a refusal or a failure of the system loses nothing. Argument: a folder to write to.
   The system's write, fsync and rename are replaced by ones that can be told to fail. */
#include "check.h"
#include "refused.h"

#include <errno.h>
#include <math.h>
#include <sam.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct { long bytes; int sync, rename; } allowed = {-1, 1, 1};      /* bytes < 0: no limit */

ssize_t write(int file, const void *bytes, size_t count) {
    if (allowed.bytes >= 0 && file > 2) {
        if (allowed.bytes == 0)
            return errno = ENOSPC, -1;
        count = count < (size_t)allowed.bytes ? count : (size_t)allowed.bytes;
        allowed.bytes -= (long)count;
    }
    return syscall(SYS_write, file, bytes, count);
}

int fsync(int file) { return allowed.sync ? (int)syscall(SYS_fsync, file) : (errno = EIO, -1); }

int rename(const char *from, const char *to) { return allowed.rename ? (int)syscall(SYS_rename, from, to) : (errno = EROFS, -1); }

static char folder[512], path[600];

/* Two tensors, the first of f32 with `length` elements, and a run of `steps` steps. */
typedef struct run {
    float a[6], da[6];
    double b[3], db[3];
    sam_parameters *parameters;
    sam_optimizer *optimizer;
} run;

static void begin_named(run *r, const char *method, const char *base, const char *name, int64_t length, int32_t role) {
    int64_t three = 3;
    memset(r, 0, sizeof *r);
    ACCEPTED(sam_parameters_create(&r->parameters));
    ACCEPTED(sam_parameters_add_group(r->parameters, "second"));
    sam_parameter a = {sizeof a, name, SAM_F32, 0, role, 0, 1, &length, r->a, r->da}, b = {sizeof b, "b", SAM_F64, 0, SAM_BIAS, 1, 1, &three, r->b, r->db};
    ACCEPTED(sam_parameters_add(r->parameters, &a));
    ACCEPTED(sam_parameters_add(r->parameters, &b));
    ACCEPTED(sam_optimizer_create(r->parameters, method, base, &r->optimizer));
}

static void begin(run *r, const char *method, const char *base) { begin_named(r, method, base, "a", 6, SAM_WEIGHT); }

static void end(run *r) {
    sam_optimizer_destroy(r->optimizer);
    sam_parameters_destroy(r->parameters);
}

static void steps(run *r, int count) {
    for (int step = 0; step < count; step++) {
        double loss = 0;
        int ask;
        while ((ask = sam_step(r->optimizer, loss)) > 0) {
            for (int i = 0; i < 6; i++)
                r->da[i] = (r->a[i] - 1) * (float)(i + 1);
            for (int i = 0; i < 3; i++)
                r->db[i] = r->b[i] + i;
            loss = 1;
        }
        CHECK(ask == 0, "%s", sam_error_message());
    }
}

static char *state_of(run *r, size_t *bytes) {
    ACCEPTED(sam_optimizer_state_size(r->optimizer, bytes));
    char *state = malloc(*bytes + 64);
    ACCEPTED(sam_optimizer_state_write(r->optimizer, state, *bytes));
    return state;
}

/* The optimizer's state is these bytes still. */
static void unchanged(run *r, const char *state, size_t bytes, const char *after) {
    size_t now;
    char *same = state_of(r, &now);
    CHECK(now == bytes && !memcmp(state, same, bytes), "the optimizer changed: %s", after);
    free(same);
}

static void put(const char *to, const char *bytes, size_t count) {
    FILE *file = fopen(to, "wb");
    CHECK(file && fwrite(bytes, 1, count, file) == count, "%s cannot be written", to);
    if (file)
        fclose(file);
}

static char *get(const char *from, size_t *count) {
    FILE *file = fopen(from, "rb");
    char *bytes = malloc(1 << 20);
    *count = file ? fread(bytes, 1, 1 << 20, file) : 0;
    if (file)
        fclose(file);
    return bytes;
}

/* Cut at every byte, and every byte changed (one bit, and all): refused, and nothing is taken over. */
static void damage(void) {
    run r, other;
    size_t bytes, before;
    begin(&r, "vasso", "adam"), begin(&other, "vasso", "adam");
    steps(&r, 3), steps(&other, 5);
    char *state = state_of(&r, &bytes), *own = state_of(&other, &before);
    int wrong = 0;
    for (size_t count = 0; count < bytes; count++)
        wrong += sam_optimizer_state_read(other.optimizer, state, count) != SAM_ERROR_FORMAT;
    CHECK(wrong == 0, "%d of %zu cut states were read", wrong, bytes);
    for (size_t i = 0; i < bytes; i++) {
        for (int bit = 0; bit < 9; bit++) {
            char was = state[i];
            state[i] = (char)(bit == 8 ? ~was : was ^ 1 << bit);
            wrong += sam_optimizer_state_read(other.optimizer, state, bytes) != SAM_ERROR_FORMAT;
            state[i] = was;
        }
    }
    CHECK(wrong == 0, "%d changes of %zu bytes were read", wrong, bytes);
    state[bytes] = 0;
    REFUSED(sam_optimizer_state_read(other.optimizer, state, bytes + 1), SAM_ERROR_FORMAT, "bytes", "buffer");
    unchanged(&other, own, before, "by a damaged state");
    put(path, state, bytes / 2);
    REFUSED(sam_optimizer_load(other.optimizer, path), SAM_ERROR_FORMAT, "file", "bytes");
    unchanged(&other, own, before, "by a file that was cut");
    put(path, "", 0);
    REFUSED(sam_optimizer_load(other.optimizer, path), SAM_ERROR_FORMAT, "file");
    put(path, "\377\377\377\377\377\377\377\377{}", 10);
    REFUSED(sam_optimizer_load(other.optimizer, path), SAM_ERROR_FORMAT, "file");
    put(path, "\2\0\0\0\0\0\0\0{}", 10);
    REFUSED(sam_optimizer_load(other.optimizer, path), SAM_ERROR_FORMAT, "no checksum");
    ACCEPTED(sam_optimizer_state_read(other.optimizer, state, bytes));
    unchanged(&other, state, bytes, "it is not the state that was read");
    free(state), free(own);
    end(&r), end(&other);
}

static void of_others(void) {
    run r, other;
    size_t bytes, before;
    begin(&r, "sam", "sgd");
    ACCEPTED(sam_optimizer_set(r.optimizer, -1, "momentum", 0.9));
    steps(&r, 2);
    char *state = state_of(&r, &bytes), *own;
    static const struct { const char *method, *base, *name, *says; int64_t length; int32_t role; } others[] = {
        {"none", "sgd", "a", "method", 6, SAM_WEIGHT}, {"asam", "sgd", "a", "method", 6, SAM_WEIGHT}, {"sam", "adam", "a", "base", 6, SAM_WEIGHT},
        {"sam", "sgd", "c", "parameter 0", 6, SAM_WEIGHT}, {"sam", "sgd", "a", "[5]", 5, SAM_WEIGHT}, {"sam", "sgd", "a", "norm", 6, SAM_NORM},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        begin_named(&other, others[i].method, others[i].base, others[i].name, others[i].length, others[i].role);
        own = state_of(&other, &before);
        REFUSED(sam_optimizer_state_read(other.optimizer, state, bytes), SAM_ERROR_MISMATCH, others[i].says);
        unchanged(&other, own, before, "by the state of another optimizer");
        free(own);
        end(&other);
    }
    free(state);
    end(&r);
}

static void calls(void) {
    run r;
    size_t bytes;
    int64_t held;
    float out[6];
    begin(&r, "sam", "sgd");
    REFUSED(sam_optimizer_save(r.optimizer, NULL), SAM_ERROR_ARGUMENT, "path");
    REFUSED(sam_optimizer_load(r.optimizer, NULL), SAM_ERROR_ARGUMENT, "path");
    void *foreign[FOREIGN];
    foreign_handles(r.parameters, foreign);
    for (int i = 0; i < FOREIGN; i++) {
        sam_optimizer *handle = foreign[i];
        REFUSED(sam_optimizer_save(handle, path), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_load(handle, path), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_state_size(handle, &bytes), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_state_write(handle, out, sizeof out), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_state_read(handle, out, sizeof out), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_memory(handle, &held), SAM_ERROR_ARGUMENT, "optimizer");
        REFUSED(sam_optimizer_average(handle, 0, out), SAM_ERROR_ARGUMENT, "optimizer");
    }
    REFUSED(sam_optimizer_state_size(r.optimizer, NULL), SAM_ERROR_ARGUMENT, "bytes");
    REFUSED(sam_optimizer_state_write(r.optimizer, NULL, 100), SAM_ERROR_ARGUMENT, "buffer");
    REFUSED(sam_optimizer_state_read(r.optimizer, NULL, 100), SAM_ERROR_ARGUMENT, "buffer");
    REFUSED(sam_optimizer_memory(r.optimizer, NULL), SAM_ERROR_ARGUMENT, "bytes");
    REFUSED(sam_optimizer_average(r.optimizer, 0, out), SAM_ERROR_STATE, "average");
    ACCEPTED(sam_optimizer_choose(r.optimizer, -1, "average", "swa"));
    REFUSED(sam_optimizer_average(r.optimizer, 2, out), SAM_ERROR_ARGUMENT, "index = 2", "0 to 1");
    REFUSED(sam_optimizer_average(r.optimizer, 0, NULL), SAM_ERROR_ARGUMENT, "out");
    char *state = state_of(&r, &bytes);
    REFUSED(sam_optimizer_state_write(r.optimizer, state, bytes - 1), SAM_ERROR_ARGUMENT, "bytes");
    CHECK(sam_step(r.optimizer, 0) > 0, "no step begins");
    REFUSED(sam_optimizer_save(r.optimizer, path), SAM_ERROR_STATE, "middle of a step");
    REFUSED(sam_optimizer_load(r.optimizer, path), SAM_ERROR_STATE, "middle of a step");
    REFUSED(sam_optimizer_state_size(r.optimizer, &bytes), SAM_ERROR_STATE, "middle of a step");
    REFUSED(sam_optimizer_state_write(r.optimizer, state, bytes), SAM_ERROR_STATE, "middle of a step");
    REFUSED(sam_optimizer_state_read(r.optimizer, state, bytes), SAM_ERROR_STATE, "middle of a step");
    ACCEPTED(sam_optimizer_memory(r.optimizer, &held));
    ACCEPTED(sam_optimizer_average(r.optimizer, 0, out));
    free(state);
    end(&r);
}

/* A save that fails leaves the file that was there, and no other. */
static void keeps(run *r, const char *why, int number, const char *old, size_t bytes) {
    size_t now;
    REFUSED(sam_optimizer_save(r->optimizer, path), SAM_ERROR_IO, "path", strerror(number));
    char *there = get(path, &now);
    CHECK(now == bytes && !memcmp(there, old, bytes), "%s: the old file is lost", why);
    free(there);
    char count[700];
    snprintf(count, sizeof count, "[ $(ls -A '%s' | wc -l) -eq 1 ]", folder);
    CHECK(system(count) == 0, "%s: a file is left behind", why);
}

static void failing_system(void) {
    run r;
    size_t bytes;
    begin(&r, "sam", "adam");
    steps(&r, 1);
    ACCEPTED(sam_optimizer_save(r.optimizer, path));
    char *old = get(path, &bytes);
    steps(&r, 1);
    for (long room = 0; room < (long)bytes; room += 397) {
        allowed.bytes = room;
        keeps(&r, "a full disk", ENOSPC, old, bytes);
    }
    allowed.bytes = -1, allowed.sync = 0;
    keeps(&r, "a failing flush", EIO, old, bytes);
    allowed.sync = 1, allowed.rename = 0;
    keeps(&r, "a failing rename", EROFS, old, bytes);
    allowed.rename = 1;
    struct rlimit was, small = {512, RLIM_INFINITY};
    sigset_t before, after;
    memset(&before, 0, sizeof before), memset(&after, 0, sizeof after);
    getrlimit(RLIMIT_FSIZE, &was);
    small.rlim_max = was.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    sigprocmask(0, NULL, &before);
    keeps(&r, "a limit on the size of files", EFBIG, old, bytes);
    sigprocmask(0, NULL, &after);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK(!memcmp(&before, &after, sizeof before), "the signal mask has changed");
    char other[700];
    snprintf(other, sizeof other, "%s/none/state", folder);
    REFUSED(sam_optimizer_save(r.optimizer, other), SAM_ERROR_IO, other, strerror(ENOENT));
    REFUSED(sam_optimizer_load(r.optimizer, other), SAM_ERROR_IO, other, strerror(ENOENT));
    REFUSED(sam_optimizer_save(r.optimizer, ""), SAM_ERROR_IO, "path");
    REFUSED(sam_optimizer_save(r.optimizer, folder), SAM_ERROR_IO, strerror(EISDIR));
    REFUSED(sam_optimizer_load(r.optimizer, folder), SAM_ERROR_IO, strerror(EISDIR));
    snprintf(other, sizeof other, "%s/pipe", folder);
    CHECK(mkfifo(other, 0600) == 0, "no pipe");
    REFUSED(sam_optimizer_load(r.optimizer, other), SAM_ERROR_IO, "path");
    REFUSED(sam_optimizer_save(r.optimizer, other), SAM_ERROR_IO, "path");
    unlink(other);
    ACCEPTED(sam_optimizer_load(r.optimizer, path));
    free(old);
    end(&r);
}

static void links_and_modes(void) {
    run r;
    struct stat about;
    char link[700];
    begin(&r, "sam", "adam");
    ACCEPTED(sam_optimizer_save(r.optimizer, path));
    snprintf(link, sizeof link, "%s/link", folder);
    CHECK(chmod(path, 0640) == 0 && symlink(path, link) == 0, "no link");
    ACCEPTED(sam_optimizer_save(r.optimizer, link));
    CHECK(lstat(link, &about) == 0 && S_ISLNK(about.st_mode), "a link became a file");
    CHECK(stat(path, &about) == 0 && (about.st_mode & 07777) == 0640, "the file's mode has changed to %o", (unsigned)about.st_mode & 07777);
    unlink(link);
    end(&r);
}

/* Names that JSON must escape, and bytes that are no UTF-8. */
static void names(void) {
    static const char *const odd[] = {"quote\"back\\slash", "line\nend\ttab\001\177", "\303\251t\303\251 \342\202\254 \360\237\231\202", "\377\376", "\355\240\200",
                                      "__metadata__", "a.b.c"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        run r, other;
        size_t bytes;
        begin_named(&r, "vasso", "adam", odd[i], 6, SAM_WEIGHT), begin_named(&other, "vasso", "adam", odd[i], 6, SAM_WEIGHT);
        steps(&r, 2);
        char *state = state_of(&r, &bytes);
        ACCEPTED(sam_optimizer_state_read(other.optimizer, state, bytes));
        unchanged(&other, state, bytes, odd[i]);
        char file[700];
        snprintf(file, sizeof file, "%s/name%zu.safetensors", folder, i);
        ACCEPTED(sam_optimizer_save(r.optimizer, file));
        free(state);
        end(&r), end(&other);
    }
}

/* An option or schedule that is set before a load is the file's behind it; a value by group comes back by group. */
static void options_come_back(void) {
    run r, other;
    size_t bytes;
    double value = 0;
    const char *word = NULL;
    sam_schedule course = {sizeof course, "linear", 0.5, 0.1, 2, 12, 0, 0};
    begin(&r, "sam", "sgd"), begin(&other, "sam", "sgd");
    ACCEPTED(sam_optimizer_set(r.optimizer, 1, "lr", 1.0 / 3));
    ACCEPTED(sam_optimizer_choose(r.optimizer, 1, "scaling", "element"));
    ACCEPTED(sam_optimizer_schedule(r.optimizer, 0, "rho", &course));
    steps(&r, 3);
    ACCEPTED(sam_optimizer_schedule(other.optimizer, -1, "lr", &course));
    ACCEPTED(sam_optimizer_set(other.optimizer, -1, "momentum", 0.5));
    char *state = state_of(&r, &bytes);
    ACCEPTED(sam_optimizer_state_read(other.optimizer, state, bytes));
    unchanged(&other, state, bytes, "options");
    ACCEPTED(sam_optimizer_get(other.optimizer, 1, "lr", &value));
    CHECK(value == 1.0 / 3, "lr of group 1 is %.17g", value);
    ACCEPTED(sam_optimizer_get(other.optimizer, 0, "rho", &value));
    CHECK(fabs(value - (0.5 - 0.4 * 2 / 10)) < 1e-15, "the schedule goes on with %.17g", value);
    ACCEPTED(sam_optimizer_choice(other.optimizer, 1, "scaling", &word));
    CHECK(!strcmp(word, "element"), "scaling is %s", word);
    ACCEPTED(sam_optimizer_get(other.optimizer, -1, "momentum", &value));
    CHECK(value == 0, "momentum is %g", value);
    free(state);
    end(&r), end(&other);
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    snprintf(folder, sizeof folder, "%s", argv[1]);
    snprintf(path, sizeof path, "%s/state.safetensors", folder);
    char clean[700];
    snprintf(clean, sizeof clean, "rm -rf '%s' && mkdir -p '%s'", folder, folder);
    if (system(clean))
        return 2;
    damage();
    of_others();
    failing_system();
    calls();
    options_come_back();
    links_and_modes();
    names();
    return report("state");
}
