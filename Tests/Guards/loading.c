/* Loading the library again and again, and closing it, takes no more memory. Loading it, and using it on one thread, starts no thread and changes neither signal handlers, floating-point state, locale nor
   environment of the process. Argument: libsam.so. */
#include <dirent.h>
#include <dlfcn.h>
#include <fenv.h>
#include <locale.h>
#include <sam.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

typedef struct state {
    int tasks, variables;
    int rounding, traps;
    unsigned control;           /* flush to zero, denormals are zero, and the masks */
    struct sigaction handlers[65];
    sigset_t mask;
    char locale[64];
} state;

static int tasks(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

static void look(state *s) {
    memset(s, 0, sizeof *s);
    s->rounding = fegetround(), s->traps = fegetexcept();
#if defined(__x86_64__)
    s->control = __builtin_ia32_stmxcsr() & ~0x3Fu;     /* without the flags, which arithmetic raises */
#endif
    s->tasks = tasks();
    while (environ[s->variables])
        s->variables++;
    for (int i = 1; i <= 64; i++)
        sigaction(i, NULL, &s->handlers[i]);
    sigprocmask(0, NULL, &s->mask);
    snprintf(s->locale, sizeof s->locale, "%s", setlocale(LC_ALL, NULL));
}

static int compare(const char *when, const state *a, const state *b) {
    int wrong = 0;
    if (b->tasks != a->tasks)
        wrong = printf("%s: %d threads, %d before\n", when, b->tasks, a->tasks);
    if (a->rounding != b->rounding || a->traps != b->traps || a->control != b->control)
        wrong = printf("%s: the floating-point state has changed\n", when);
    for (int i = 1; i <= 64; i++)
        if (a->handlers[i].sa_handler != b->handlers[i].sa_handler || a->handlers[i].sa_flags != b->handlers[i].sa_flags)
            wrong = printf("%s: the handler of signal %d has changed\n", when, i);
    if (memcmp(&a->mask, &b->mask, sizeof a->mask))
        wrong = printf("%s: the signal mask has changed\n", when);
    if (strcmp(a->locale, b->locale) || a->variables != b->variables)
        wrong = printf("%s: the locale or the environment has changed\n", when);
    return wrong != 0;
}

/* A function of the library by its name: POSIX lets an object pointer hold one. */
static void find(void *library, const char *name, void *function) {
    void *address = dlsym(library, name);
    if (!address) {
        printf("the library has no %s\n", name);
        exit(2);
    }
    memcpy(function, &address, sizeof address);
}

/* A step of "sam" over a base. */
static int use(void *library, const char *base) {
    int (*create)(sam_parameters **), (*add)(sam_parameters *, const sam_parameter *), (*step)(sam_optimizer *, double), ask, status;
    int (*make)(sam_parameters *, const char *, const char *, sam_optimizer **);
    void (*end)(sam_optimizer *), (*end_parameters)(sam_parameters *);
    find(library, "sam_parameters_create", &create), find(library, "sam_parameters_add", &add);
    find(library, "sam_optimizer_create", &make), find(library, "sam_step", &step);
    find(library, "sam_optimizer_destroy", &end), find(library, "sam_parameters_destroy", &end_parameters);
    static float w[4096], g[4096];
    static const int64_t shape[] = {64, 64};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    sam_parameter tensor = {sizeof tensor, "w", SAM_F32, 0, SAM_WEIGHT, 0, 2, shape, w, g};
    status = create(&parameters) | add(parameters, &tensor) | make(parameters, "sam", base, &optimizer);
    for (int i = 0; i < 4096; i++)
        g[i] = (float)i;
    while (status == 0 && (ask = step(optimizer, 1)) != 0)
        if (ask < 0)
            return ask;
    end(optimizer);
    end_parameters(parameters);
    return status;
}

static long resident(void) {
    long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &size, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return pages * 4;
}

/* Grown by so many KiB in 180 times of loading, using and closing, after 20. */
static long growth(const char *path) {
    long before = 0;
    for (int i = 0; i < 200; i++) {
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library || use(library, i % 2 ? "sgd" : "muon"))
            return -1;
        dlclose(library);
        if (i == 19)
            before = resident();
    }
    return resident() - before;
}

int main(int argc, char **argv) {
    static state before, after, used;
    if (argc < 2)
        return 2;
    look(&before);
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        printf("%s\n", dlerror());
        return 2;
    }
    look(&after);
    int wrong = compare("after loading", &before, &after);
    static const char *const bases[] = {"sgd", "muon", "soap"};     /* the last two load OpenBLAS */
    for (int i = 0; i < 3; i++) {
        if (use(library, bases[i])) {
            printf("the library does not work\n");
            return 2;
        }
        look(&used);
        wrong |= compare(bases[i], &before, &used);
    }
    long grown = growth(argv[1]);
    if (grown < 0 || grown > 1024)
        wrong = printf("200 times of loading and closing take %ld KiB\n", grown);
    return wrong != 0;
}
