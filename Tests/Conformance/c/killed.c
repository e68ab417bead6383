/* A process that is killed while it saves, 200 times at random moments: the file is always one that was saved whole, and never an older one
   than the last that was reported. Arguments: a folder to write to; optionally how many times. */
#include "check.h"

#include <sam.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 40000 };
static float w[N], g[N];
static sam_parameters *parameters;
static sam_optimizer *optimizer;

static void open_optimizer(void) {
    static const int64_t n = N;
    sam_parameter one = {sizeof one, "w", SAM_F32, 0, SAM_WEIGHT, 0, 1, &n, w, g};
    CHECK(sam_parameters_create(&parameters) == SAM_OK && sam_parameters_add(parameters, &one) == 0, "%s", sam_error_message());
    CHECK(sam_optimizer_create(parameters, "none", "adam", &optimizer) == SAM_OK, "%s", sam_error_message());
}

static int64_t completed(void) {
    sam_metrics metrics = {.struct_size = sizeof metrics};
    CHECK(sam_optimizer_metrics(optimizer, &metrics) == SAM_OK, "%s", sam_error_message());
    return metrics.steps;
}

/* Steps and saves for ever; after each save the number of steps goes to the pipe. */
static void work(const char *path, int report_to) {
    for (;;) {
        double loss = 0;
        for (int ask; (ask = sam_step(optimizer, loss)) != 0;)
            if (ask < 0)
                _exit(3);
        int64_t steps = completed();
        if (sam_optimizer_save(optimizer, path) != SAM_OK || write(report_to, &steps, sizeof steps) != sizeof steps)
            _exit(4);
    }
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    int times = argc > 2 ? atoi(argv[2]) : 200;
    char path[600], clean[700];
    snprintf(path, sizeof path, "%s/state.safetensors", argv[1]);
    snprintf(clean, sizeof clean, "rm -rf '%s' && mkdir -p '%s'", argv[1], argv[1]);
    if (system(clean))
        return 2;
    for (int i = 0; i < N; i++)
        g[i] = (float)(i % 7) - 3;
    open_optimizer();
    CHECK(sam_optimizer_save(optimizer, path) == SAM_OK, "%s", sam_error_message());
    unsigned random = 12345;
    int64_t last = 0;
    for (int i = 0; i < times && !checks_failed; i++) {
        int ends[2];
        if (pipe(ends))
            return 2;
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            work(path, ends[1]);
        }
        close(ends[1]);
        random = random * 1664525u + 1013904223u;
        usleep(500 + random / 65536 % 12000);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status), "the process ended by itself with %d", WEXITSTATUS(status));
        for (int64_t steps; read(ends[0], &steps, sizeof steps) == sizeof steps;)
            last = steps;
        close(ends[0]);
        CHECK(sam_optimizer_load(optimizer, path) == SAM_OK, "kill %d: %s", i, sam_error_message());
        CHECK(completed() == last || completed() == last + 1, "kill %d: the file has %lld steps, %lld were saved", i, (long long)completed(), (long long)last);
        last = completed();
    }
    CHECK(last > times / 4, "only %lld saves were complete", (long long)last);
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    return report("killed");
}
