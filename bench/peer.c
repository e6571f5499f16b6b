/*
 * The other end of every measured program: as fast as it can be, so that the measured one is what is measured.
 *
 *   peer REPORT_FD LIMIT_SECONDS ROLE [ARGUMENT...]
 *
 *   sink ADDRESS           accept one connection, take all it sends, close
 *   source ADDRESS BYTES   accept one connection, send BYTES, half-close, wait for the other's end
 *   feed ADDRESS BYTES     the same, but connect (again and again until somebody listens)
 *   echo ADDRESS           accept one connection, send everything back
 *   closer ADDRESS         accept one connection, close it at once
 *   ports FIRST STEP COUNT listen on COUNT ports; at the end of standard input, say how many were connected to
 *   produce BYTES          write BYTES to standard output
 *   consume                take all of standard input
 *   ping COUNT             write a byte to standard output and await it on standard input, COUNT times
 *
 * A role that listens writes `ready` to REPORT_FD first. Each role ends with one line there:
 *
 *   COUNT START_NS END_NS ERRNO      (ping: COUNT P50_NS P99_NS ERRNO)
 *
 * START is when the connection stood (or the first byte came, without one), END when the last byte had been seen.
 */
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

enum { BUFFER = 256 << 10, MOST_PORTS = 256 };

static char buffer[BUFFER];
static int report_fd;

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int report(long long count, long long start, long long end, int error)
{
    dprintf(report_fd, "%lld %lld %lld %d\n", count, start, end, error);
    return 0;
}

static int listen_ready(const char *address)
{
    int fd = address_listen(address);
    dprintf(report_fd, "ready\n");
    return fd;
}

static int accept_one(const char *address)
{
    int listener = listen_ready(address);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        address_fail("accept");
    close(listener);
    return fd;
}

/* Everything to the end of `fd`, thrown away. TCP drops it without a copy (MSG_TRUNC), a pipe gives its pages to
 * /dev/null; a Unix socket has no such way and is read. */
static int drain(int fd, bool tcp)
{
    struct stat about;
    bool is_pipe = fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
    int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    long long count = 0, start = is_pipe ? 0 : now_ns();
    ssize_t n;

    do {
        if (is_pipe)
            n = splice(fd, NULL, null_fd, NULL, BUFFER * 4, SPLICE_F_MOVE);
        else
            n = recv(fd, buffer, BUFFER, tcp ? MSG_TRUNC : 0);
        if (n > 0)
            count += n;
        if (start == 0)
            start = now_ns();
    } while (n > 0);
    return report(count, start, now_ns(), n < 0 ? errno : 0);
}

/* BYTES out. The count that left, with errno set when it is too small. */
static long long fill(int fd, long long bytes)
{
    long long count = 0;
    memset(buffer, 'n', BUFFER);
    while (count < bytes) {
        long long left = bytes - count;
        ssize_t n = write(fd, buffer, left < BUFFER ? (size_t)left : BUFFER);
        if (n <= 0)
            break;
        count += n;
    }
    return count;
}

static int source(int fd, long long bytes)
{
    long long start = now_ns();
    errno = 0;
    long long count = fill(fd, bytes);
    int error = count < bytes ? errno : 0;
    shutdown(fd, SHUT_WR);
    /* Somebody who closes with bytes unread resets the connection: that is how a receiver that gave up shows here. */
    ssize_t n;
    while ((n = read(fd, buffer, BUFFER)) > 0)
        ;
    if (n < 0 && error == 0)
        error = errno;
    return report(count, start, now_ns(), error);
}

static int feed(const char *address, long long bytes)
{
    int fd;
    while ((fd = address_connect(address)) < 0) {
        if (errno != ECONNREFUSED && errno != ENOENT)
            address_fail(address);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return source(fd, bytes);
}

static int echo(const char *address)
{
    int fd = accept_one(address);
    long long count = 0, start = now_ns();
    ssize_t n;
    address_no_delay(fd);
    while ((n = read(fd, buffer, BUFFER)) > 0) {
        for (ssize_t sent = 0, m; sent < n; sent += m) {
            m = write(fd, buffer + sent, (size_t)(n - sent));
            if (m <= 0)
                return report(count, start, now_ns(), errno);
        }
        count += n;
    }
    return report(count, start, now_ns(), n < 0 ? errno : 0);
}

static int closer(const char *address)
{
    int fd = accept_one(address);
    long long start = now_ns();
    close(fd);
    return report(1, start, now_ns(), 0);
}

static int ports(int first, int step, int count)
{
    struct pollfd waits[MOST_PORTS + 1];
    bool seen[MOST_PORTS] = {false};
    long long start = now_ns();

    if (count > MOST_PORTS)
        return 2;
    for (int i = 0; i < count; i++) {
        char address[32];
        snprintf(address, sizeof address, "tcp:%d", first + i * step);
        waits[i] = (struct pollfd){.fd = address_listen(address), .events = POLLIN};
        fcntl(waits[i].fd, F_SETFL, O_NONBLOCK);
    }
    waits[count] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    dprintf(report_fd, "ready\n");
    do {
        poll(waits, (nfds_t)count + 1, -1);
        for (int i = 0; i < count; i++) {
            int fd;
            while (waits[i].revents && (fd = accept4(waits[i].fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
                seen[i] = true;
                close(fd);
            }
        }
    } while (!waits[count].revents);
    long long connected = 0;
    for (int i = 0; i < count; i++)
        connected += seen[i];
    return report(connected, start, now_ns(), 0);
}

static int by_size(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static int ping(long count)
{
    long long *took = calloc((size_t)count + 1, sizeof *took);
    long done = 0;
    char byte = 'n';
    if (took == NULL)
        return 2;
    for (; done < count; done++) {
        long long start = now_ns();
        if (write(STDOUT_FILENO, &byte, 1) != 1 || read(STDIN_FILENO, &byte, 1) != 1)
            break;
        took[done] = now_ns() - start;
    }
    int error = done < count ? errno : 0;
    close(STDOUT_FILENO);
    while (read(STDIN_FILENO, buffer, BUFFER) > 0) /* stay a reader until the other has seen the end */
        ;
    qsort(took, (size_t)done, sizeof *took, by_size);
    return report(done, took[done / 2], took[done * 99 / 100], error);
}

int main(int argc, char **argv)
{
    const char *role = argc > 3 ? argv[3] : "";
    const char *first = argc > 4 ? argv[4] : "";
    const char *second = argc > 5 ? argv[5] : "0";
    union address checked;

    if (argc < 4)
        goto usage;
    report_fd = atoi(argv[1]);
    fcntl(report_fd, F_SETFD, FD_CLOEXEC);
    alarm((unsigned)atoi(argv[2])); /* whatever the measured program does, this one ends */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);

    if (strcmp(role, "consume") == 0)
        return drain(STDIN_FILENO, false);
    if (strcmp(role, "produce") == 0) {
        long long start = now_ns(), wanted = atoll(first), count = fill(STDOUT_FILENO, wanted);
        return report(count, start, now_ns(), count < wanted ? errno : 0);
    }
    if (strcmp(role, "ping") == 0)
        return ping(atol(first));
    if (strcmp(role, "ports") == 0 && argc > 6)
        return ports(atoi(first), atoi(second), atoi(argv[6]));
    if (address_parse(first, &checked) == 0)
        goto usage;
    if (strcmp(role, "sink") == 0)
        return drain(accept_one(first), checked.any.sa_family == AF_INET);
    if (strcmp(role, "source") == 0)
        return source(accept_one(first), atoll(second));
    if (strcmp(role, "feed") == 0)
        return feed(first, atoll(second));
    if (strcmp(role, "echo") == 0)
        return echo(first);
    if (strcmp(role, "closer") == 0)
        return closer(first);
usage:
    fputs("usage: peer REPORT_FD LIMIT_SECONDS ROLE [ARGUMENT...]\n", stderr);
    return 2;
}
