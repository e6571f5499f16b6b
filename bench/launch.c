/*
 * Runs one program and says what it cost, from exec to exit.
 *
 *   launch REPORT_FD LIMIT_SECONDS PROGRAM [ARGUMENT...]
 *
 * Standard input, output and error are the program's. When it has ended, one line is written to REPORT_FD:
 *
 *   EXIT_STATUS SIGNAL TIMED_OUT START_NS END_NS USER_US SYSTEM_US PEAK_KIB
 *
 * It is a program of its own, small and linked statically, because the kernel starts a child's peak memory at the size
 * of the process that it was forked from: started from the Python driver, every netcat would seem to need 10 MiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: launch REPORT_FD LIMIT_SECONDS PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    int report_fd = atoi(argv[1]);
    int limit_ms = atoi(argv[2]) * 1000;

    long long start = now_ns();
    pid_t child = vfork();
    if (child < 0)
        return 2;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(report_fd);
        execv(argv[3], argv + 3);
        _exit(127);
    }

    /* The pidfd becomes readable at exit, so that waiting costs nothing and the time limit needs no second process. */
    int timed_out = 0;
    struct pollfd exited = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
    if (exited.fd >= 0 && poll(&exited, 1, limit_ms) == 0) {
        timed_out = 1;
        kill(child, SIGKILL);
    }
    int status;
    struct rusage used;
    while (wait4(child, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return 2;
    }
    long long end = now_ns();

    dprintf(report_fd, "%d %d %d %lld %lld %lld %lld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0, timed_out, start, end, microseconds(used.ru_utime),
            microseconds(used.ru_stime), used.ru_maxrss);
    return 0;
}
