/* A process may fork at any moment: while other threads make handles, step with matrix bases, write states, run large passes, or use the library for
   the first time. Each child uses all of it and ends. */
#include "check.h"
#include "toy.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FORKS = 200, FRESH = 40, LARGE = 1 << 20, SECONDS = 5 };

static _Atomic int stop;

static int steps(const char *method, const char *base) {
    toy t;
    sam_optimizer *o;
    size_t bytes = 0;
    double loss = 0;
    int status;
    toy_open(&t);
    status = sam_optimizer_create(t.parameters, method, base, &o);
    while (status == SAM_OK && (status = sam_step(o, loss)) > 0) {
        loss = toy_evaluate(&t);
        status = SAM_OK;
    }
    if (status == SAM_OK)
        status = sam_optimizer_state_size(o, &bytes);
    void *state = malloc(bytes + 1);
    if (status == SAM_OK)
        status = sam_optimizer_state_write(o, state, bytes);
    if (status == SAM_OK)
        status = sam_optimizer_state_read(o, state, bytes);
    const char *word;
    if (status == SAM_OK)
        status = sam_optimizer_choice(o, -1, "nonfinite", &word);
    free(state);
    sam_optimizer_destroy(o);
    toy_close(&t);
    return status;
}

static int large(void) {
    float *w = calloc(LARGE, sizeof *w), *g = calloc(LARGE, sizeof *g);
    const int64_t shape[] = {LARGE};
    sam_parameters *set;
    sam_optimizer *o;
    int status;
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 1, .shape = shape, .data = w, .gradient = g};
    sam_parameters_create(&set);
    sam_parameters_add(set, &tensor);
    sam_optimizer_create(set, "none", "sgd", &o);
    while ((status = sam_step(o, 1)) > 0) {
    }
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
    free(w), free(g);
    return status;
}

/* What a child does, and what threads do while the process forks. */
static int everything(void) { return steps("sam", "muon") | steps("sam", "shampoo") | steps("sam", "adamw") | large(); }

static void *handles(void *unused) {
    while (!atomic_load(&stop)) {
        sam_parameters *set;
        sam_parameters_create(&set);
        sam_parameters_destroy(set);
    }
    return unused;
}

static void *matrices(void *unused) {
    while (!atomic_load(&stop))
        steps("sam", "muon"), steps("sam", "shampoo");
    return unused;
}

static void *passes(void *unused) {
    while (!atomic_load(&stop))
        large();
    return unused;
}

static void *first(void *unused) {
    everything();
    return unused;
}

/* 0 where the child ended well in its time. */
static int ended(pid_t child) {
    int status = 0;
    for (int i = 0; i < SECONDS * 500; i++) {
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
}

static int child_of(int (*body)(void)) {
    pid_t child = fork();
    if (child == 0)
        _exit(body() != 0);
    return ended(child);
}

/* In a process that never used the library: threads use it for the first time, and after a while it forks. */
static long pause_of_fresh;

static int fresh(void) {
    pthread_t threads[2];
    sam_set_threads(2);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, first, NULL);
    nanosleep(&(struct timespec){0, pause_of_fresh}, NULL);
    int status = child_of(everything);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return status;
}

int main(void) {
    pthread_t threads[3];
    void *(*const bodies[])(void *) = {handles, matrices, passes};
    for (int i = 0; i < FRESH; i++) {
        pause_of_fresh = i * i * 20000L;        /* up to 30 ms */
        int status = child_of(fresh);
        CHECK(status == 0, "forked %ld us after the first use began: %d (-1: the child hangs)", pause_of_fresh / 1000, status);
    }
    sam_set_threads(2);
    CHECK(everything() == 0, "%s", sam_error_message());
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, bodies[i], NULL);
    int hangs = 0, others = 0;
    for (int i = 0; i < FORKS && hangs < 3; i++) {
        int status = child_of(everything);
        hangs += status == -1;
        others += status > 0;
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK(hangs == 0 && others == 0, "%d children hang, %d fail", hangs, others);
    CHECK(everything() == 0, "afterwards in the parent: %s", sam_error_message());
    return report("forked");
}
