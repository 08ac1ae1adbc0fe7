/* The clock of a host, wrong by CLOCK_AHEAD seconds (of either sign), for the processes that load this file first
 * (LD_PRELOAD). A kernel has one clock for all its processes, so what a process reads is shifted, and
 * so is the time until which it asks the kernel to wait: on a host whose clock is wrong a wait is as
 * long as on any other. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static long ahead(void) {
    const char *text = getenv("CLOCK_AHEAD");
    return text ? atol(text) : 0;
}

static void *next(const char *name) {
    void *symbol = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2"); /* x86-64: of today's conditions */
    return symbol ? symbol : dlsym(RTLD_NEXT, name);
}

static int is_wall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

/* The time of the kernel's clock at which the wrong clock shows `until`. A time that counts from the
 * start of the machine is far less than one that counts from 1970. */
static const struct timespec *of_kernel(const struct timespec *until, struct timespec *shifted) {
    if (!until || until->tv_sec < 1000000000) return until;
    *shifted = *until;
    shifted->tv_sec -= ahead();
    return shifted;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, now);
    if (!status && is_wall(clock)) now->tv_sec += ahead();
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}

long syscall(long number, ...) {
    static long (*real)(long, ...);
    if (!real) real = dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    struct timespec shifted;
    if (number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME))
        a[3] = (long)of_kernel((const struct timespec *)a[3], &shifted);
    long status = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (number == SYS_clock_gettime && !status && is_wall((clockid_t)a[0]))
        ((struct timespec *)a[1])->tv_sec += ahead();
    return status;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    struct timespec shifted;
    if (!real) real = next("pthread_cond_timedwait");
    return real(condition, mutex, of_kernel(until, &shifted));
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict until) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    struct timespec shifted;
    if (!real) real = next("pthread_cond_clockwait");
    return real(condition, mutex, clock, of_kernel(until, &shifted));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
    static int (*real)(pthread_mutex_t *, const struct timespec *);
    struct timespec shifted;
    if (!real) real = next("pthread_mutex_timedlock");
    return real(mutex, of_kernel(until, &shifted));
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    static int (*real)(sem_t *, const struct timespec *);
    struct timespec shifted;
    if (!real) real = next("sem_timedwait");
    return real(semaphore, of_kernel(until, &shifted));
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until) {
    static int (*real)(sem_t *, clockid_t, const struct timespec *);
    struct timespec shifted;
    if (!real) real = next("sem_clockwait");
    return real(semaphore, clock, of_kernel(until, &shifted));
}
