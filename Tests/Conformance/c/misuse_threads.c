/* Threads: the message is each thread's own, a handle destroyed in one is refused in another, different handles at once are safe. */
#include "refused.h"

#include <pthread.h>
#include <string.h>

enum { WORKERS = 8, ROUNDS = 40 };

typedef struct worker {
    pthread_t id;
    sam_optimizer *destroyed;
    int number, answer, message_empty, message_own;
    double result[2];
} worker;

/* Trains, is refused, destroys, over and over; its own handles only. */
static void *work(void *context) {
    worker *me = context;
    char name[32];
    static const int64_t two = 2;
    me->message_empty = !*sam_error_message();
    me->answer = sam_step(me->destroyed, 0);
    me->message_own = 1;
    for (int round = 0; round < ROUNDS; round++) {
        double w[2] = {1, -2}, g[2];
        sam_parameter tensor = vector("w", &two, w, g);
        sam_parameters *parameters = NULL;
        sam_optimizer *optimizer = NULL;
        if (sam_parameters_create(&parameters) < 0 || sam_parameters_add(parameters, &tensor) < 0 ||
            sam_optimizer_create(parameters, "sam", "adamw", &optimizer) < 0)
            me->answer = 1;
        snprintf(name, sizeof name, "option%d_%d", me->number, round);
        me->message_own &= sam_optimizer_set(optimizer, -1, name, 0) == SAM_ERROR_NAME && strstr(sam_error_message(), name);
        for (int step = 0; step < 20; step++) {
            double loss = 0;
            while (sam_step(optimizer, loss) > 0) {
                loss = w[0] * w[0] + w[1] * w[1];
                g[0] = 2 * w[0], g[1] = 2 * w[1];
            }
        }
        me->message_own &= strstr(sam_error_message(), name) != NULL;
        memcpy(me->result, w, sizeof w);
        sam_parameters_destroy(parameters);
        sam_optimizer_destroy(optimizer);
    }
    return NULL;
}

void misuse_threads(void) {
    worker workers[WORKERS];
    pair p;
    make_pair(&p, "sam", "sgd");
    destroy_pair(&p);
    REFUSED(sam_optimizer_create(NULL, "sam", "sgd", &p.optimizer), SAM_ERROR_ARGUMENT, "parameters");
    make_pair(&p, "sam", "sgd");
    destroy_pair(&p);
    char before[512];
    snprintf(before, sizeof before, "%s", sam_error_message());
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){.number = i, .destroyed = p.optimizer};
        pthread_create(&workers[i].id, NULL, work, &workers[i]);
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i].id, NULL);
    CHECK(!strcmp(before, sam_error_message()), "another thread's failure changed this one's message to \"%s\"", sam_error_message());
    for (int i = 0; i < WORKERS; i++) {
        CHECK(workers[i].message_empty, "thread %d begins with a message", i);
        CHECK(workers[i].message_own, "thread %d read a message of another", i);
        CHECK(workers[i].answer == SAM_ERROR_ARGUMENT, "a handle destroyed in one thread answers %d in another", workers[i].answer);
        CHECK(!memcmp(workers[i].result, workers[0].result, sizeof workers[i].result), "threads disagree: %g and %g", workers[i].result[0],
              workers[0].result[0]);
    }
}
