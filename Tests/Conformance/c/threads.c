/* Threads of the library: made when a large pass first wants them, asleep between passes, without a signal of the host's; where the system gives
   none, and where several host threads have passes at once, the bits are the same and nothing is printed. */
#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <sam.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N = 1 << 21, HOSTS = 3 };

static uint64_t hash_of_steps(void) {
    float *w = malloc(N * sizeof *w), *g = malloc(N * sizeof *g);
    const int64_t shape[] = {N};
    sam_parameters *set;
    sam_optimizer *o;
    int ask = 0;
    for (int i = 0; i < N; i++)
        w[i] = 0.01f * (float)(i % 97), g[i] = 0.001f * (float)(i % 89) - 0.03f;
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 1, .shape = shape, .data = w, .gradient = g};
    sam_parameters_create(&set);
    sam_parameters_add(set, &tensor);
    sam_optimizer_create(set, "sam", "adamw", &o);
    for (int step = 0; step < 3; step++)
        while ((ask = sam_step(o, 1)) > 0) {
        }
    uint64_t hash = ask == 0 ? 0xCBF29CE484222325u : 0;
    for (int i = 0; i < N; i++) {
        uint32_t bits;
        memcpy(&bits, w + i, sizeof bits);
        hash = (hash ^ bits) * 0x100000001B3u;
    }
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
    free(w), free(g);
    return hash;
}

static int tasks(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

/* Signals of the host that a thread other than this one would take. */
static int takes_signals(void) {
    int open = 0;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[300], line[256];
        unsigned long long blocked = 0;
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == getpid())
            continue;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *file = fopen(path, "r");
        while (file && fgets(line, sizeof line, file))
            if (sscanf(line, "SigBlk: %llx", &blocked) == 1)
                for (int s = 1; s <= 31; s++)
                    open += !(blocked >> (s - 1) & 1) && s != SIGKILL && s != SIGSTOP && s != SIGSEGV && s != SIGBUS && s != SIGFPE && s != SIGILL &&
                            s != SIGTRAP && s != SIGSYS;
        if (file)
            fclose(file);
    }
    if (folder)
        closedir(folder);
    return open;
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A child with little memory or few threads: the hash, or what it printed. */
static void limited(const char *what, int resource, rlim_t most, int threads, uint64_t expected) {
    int out[2];
    char text[512] = "";
    uint64_t hash = 0;
    ssize_t count;
    size_t length = 0;
    if (pipe(out))
        return;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], 1), dup2(out[1], 2);
        struct rlimit limit = {most, most};
        if (resource == RLIMIT_NPROC && getuid() == 0 && setuid(65534))
            _exit(3);
        setrlimit((__rlimit_resource_t)resource, &limit);
        sam_set_threads(threads);
        hash = hash_of_steps();
        if (write(out[1], &hash, sizeof hash) != sizeof hash)
            _exit(4);
        _exit(0);
    }
    close(out[1]);
    while (length < sizeof text && (count = read(out[0], text + length, sizeof text - length)) > 0)
        length += (size_t)count;
    close(out[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (length == sizeof hash)
        memcpy(&hash, text, sizeof hash);
    CHECK(status == 0 && length == sizeof hash && hash == expected, "%s, %d threads: status %x, %zu bytes written, other bits: %d", what, threads, status,
          length, hash != expected);
}

static uint64_t found[HOSTS];
static void *host(void *place) {
    *(uint64_t *)place = hash_of_steps();
    return NULL;
}

int main(void) {
    uint64_t one = hash_of_steps();
    CHECK(one != 0 && tasks() == 1, "%d threads of one", tasks());
    limited("no thread to be had", RLIMIT_NPROC, 0, 8, one);
    limited("little memory", RLIMIT_AS, (rlim_t)160 << 20, 1024, one);
    sam_set_threads(4);
    CHECK(hash_of_steps() == one, "4 threads change bits");
    CHECK(tasks() == 4, "%d threads run, 4 wanted", tasks());
    CHECK(takes_signals() == 0, "signals of the host would be delivered to workers: %d", takes_signals());
    double before = cpu_seconds();
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    CHECK(cpu_seconds() - before < 0.02, "workers use %g s of 0.2 while there is nothing to do", cpu_seconds() - before);
    pthread_t threads[HOSTS];
    for (int i = 0; i < HOSTS; i++)
        pthread_create(&threads[i], NULL, host, &found[i]);
    for (int i = 0; i < HOSTS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(found[i] == one, "host thread %d of %d at once: other bits", i, HOSTS);
    }
    CHECK(tasks() == 4, "%d threads run, 4 wanted, after %d host threads at once", tasks(), HOSTS);
    return report("threads");
}
