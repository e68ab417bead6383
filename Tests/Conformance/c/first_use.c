/* The first calls of a process come from several threads at once: each must get a whole library. The program forks over and over. */
#include <pthread.h>
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, PROCESSES = 300 };

static pthread_barrier_t together;

static void *use(void *context) {
    static const int64_t four = 4;
    double w[4] = {1, -2, 3, -4}, g[4] = {1, 1, 1, 1}, loss = 0;
    sam_parameter tensor = {sizeof tensor, "w", SAM_F64, 0, SAM_WEIGHT, 0, 1, &four, w, g};
    sam_schedule schedule = {sizeof schedule, "cosine", 0.5, 0.1, 0, 10, 0, 0};
    sam_entry entry = {.struct_size = sizeof entry};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    const char *word = "";
    pthread_barrier_wait(&together);
    int status = sam_parameters_create(&parameters) | sam_parameters_add(parameters, &tensor) |
                 sam_optimizer_create(parameters, "asam", "adamw", &optimizer) | sam_optimizer_schedule(optimizer, -1, "lr", &schedule) |
                 sam_optimizer_choice(optimizer, -1, "scaling", &word) | sam_catalog_entry(SAM_SHARED, 0, &entry), ask = -1;
    for (int step = 0; step < 3 && status == 0; step++)
        while ((ask = sam_step(optimizer, loss)) > 0)
            loss = w[0] + w[1] + w[2] + w[3];
    int refused = sam_optimizer_set(optimizer, -1, "roh", 1) == SAM_ERROR_NAME && strstr(sam_error_message(), "rho");
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    memcpy(context, w, sizeof w);
    return status == 0 && ask == 0 && refused && !strcmp(word, "element") && entry.name ? context : NULL;
}

static int one_process(void) {
    pthread_t id[THREADS];
    double w[THREADS][4];
    int wrong = 0;
    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&id[i], NULL, use, w[i]);
    for (int i = 0; i < THREADS; i++) {
        void *answer;
        pthread_join(id[i], &answer);
        wrong += answer == NULL || memcmp(w[i], w[0], sizeof w[0]) || w[i][0] == 1;
    }
    return wrong;
}

int main(void) {
    int failed = 0;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(one_process() ? 1 : 0);
        int status;
        waitpid(child, &status, 0);
        failed += status != 0;
    }
    printf("first_use: %d processes, %d failed\n", PROCESSES, failed);
    return failed != 0;
}
