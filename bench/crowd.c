/*
 * Many clients of one server, in one process: as fast as it can be.
 *
 *   crowd REPORT_FD LIMIT_SECONDS ROLE PORT [ARGUMENT...]
 *
 *   rate PORT COUNT AT_ONCE WORDS   COUNT connections, AT_ONCE at a time: each sends a line, finishes, and reads to
 *                                   the end; with WORDS 1 the line has to come back
 *   burst PORT COUNT                COUNT connections begun at one moment; END is when the last one stood
 *   hold PORT COUNT                 COUNT connections, kept until the end of standard input
 *   fan PORT COUNT BYTES            one client sends BYTES, COUNT others have to get each of them
 *   through PORT TARGET             CONNECT 127.0.0.1:TARGET, then take all that comes
 *
 * Ends with one line at REPORT_FD: COUNT START_NS END_NS ERRNO (connections or bytes that were right); `hold` writes
 * it as soon as all are connected.
 */
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

enum { CHUNK = 256 << 10, LINE = 64, MOST = 1 << 16 };

static int report_fd, poller;
static char buffer[CHUNK];
static long long got[MOST];
static int connected[MOST];

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

static int begin(int port)
{
    char text[32];
    union address at;
    snprintf(text, sizeof text, "tcp:%d", port);
    socklen_t length = address_parse(text, &at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || fd >= MOST)
        address_fail("socket");
    if (connect(fd, &at.any, length) < 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    got[fd] = 0;
    connected[fd] = 0;
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    return fd;
}

static int error_of(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

static void await(int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event);
}

static int rate(int port, long count, long at_once, int words)
{
    long begun = 0, open = 0, right = 0, ended = 0;
    int error = 0;
    char line[LINE];
    struct linger none = {.l_onoff = 0};
    memset(line, 'n', LINE);
    long long start = now_ns();
    while (ended < count) {
        while (begun < count && open < at_once) {
            if (begin(port) < 0)
                return report(right, start, now_ns(), errno);
            begun++;
            open++;
        }
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd, over = 0;
            if (!connected[fd]) {
                if ((error = error_of(fd)) != 0)
                    return report(right, start, now_ns(), error);
                connected[fd] = 1;
                if (send(fd, line, LINE, MSG_NOSIGNAL) != LINE || shutdown(fd, SHUT_WR) < 0)
                    over = 1;
                await(fd, EPOLLIN);
            } else {
                ssize_t n = recv(fd, buffer, CHUNK, 0);
                if (n > 0)
                    got[fd] += n;
                else if (n == 0 || errno != EAGAIN) {
                    error = n < 0 ? errno : error;
                    over = 1;
                    right += n == 0 && got[fd] == (words ? LINE : 0);
                }
            }
            if (over) {
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
                close(fd);
                open--;
                ended++;
            }
        }
    }
    return report(right, start, now_ns(), error);
}

/* All begun at once; gives how many stood. */
static long crowd(int port, long count, int *fds, int *error)
{
    long standing = 0;
    for (long i = 0; i < count; i++)
        if ((fds[i] = begin(port)) < 0)
            *error = errno;
    while (standing < count && *error == 0) {
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (connected[fd]) { /* a server that has finished already; nobody reads here */
                await(fd, 0);
                continue;
            }
            if ((*error = error_of(fd)) != 0)
                break;
            connected[fd] = 1;
            await(fd, EPOLLIN);
            standing++;
        }
    }
    return standing;
}

static int burst(int port, long count, int stay)
{
    int *fds = calloc((size_t)count, sizeof *fds), error = 0;
    long long start = now_ns();
    long standing = 0;
    /* a crowd that only stays comes in groups, as it is not its coming that is measured */
    for (long group = stay ? 100 : count; standing < count && error == 0;) {
        long now = count - standing < group ? count - standing : group;
        standing += crowd(port, now, fds + standing, &error);
    }
    report(standing, start, now_ns(), error);
    while (stay && read(STDIN_FILENO, buffer, CHUNK) > 0)
        ;
    return 0;
}

/* Sends a byte and looks who has got one, until everybody has; then a mark, behind which the bytes begin. */
static int meet(int sender, long count)
{
    long known = 0;
    int *knows = calloc(MOST, sizeof *knows);
    for (int tries = 0; known < count && tries < 2000; tries++) {
        if (send(sender, "?", 1, MSG_NOSIGNAL) != 1)
            return -1;
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, 20);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (recv(fd, buffer, CHUNK, 0) > 0 && !knows[fd]) {
                knows[fd] = 1;
                known++;
            }
        }
    }
    return known == count ? 0 : -1;
}

static int fan(int port, long count, long long bytes)
{
    int *fds = calloc((size_t)count + 1, sizeof *fds), error = 0;
    if (crowd(port, count + 1, fds, &error) <= count)
        return report(0, 0, 0, error);
    int sender = fds[count];
    epoll_ctl(poller, EPOLL_CTL_DEL, sender, NULL);
    if (meet(sender, count) < 0)
        return report(0, 0, 0, ETIMEDOUT);
    memset(buffer, 'n', CHUNK);
    char *payload = malloc(CHUNK);
    memset(payload, 'n', CHUNK);
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = sender};
    epoll_ctl(poller, EPOLL_CTL_ADD, sender, &event);
    while (send(sender, "!", 1, MSG_NOSIGNAL) != 1)
        ;
    int *marked = calloc(MOST, sizeof *marked);
    long long left = bytes, total = 0, start = now_ns();
    while (total < bytes * count) {
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == sender) {
                ssize_t n = send(fd, payload, left < CHUNK ? (size_t)left : CHUNK, MSG_NOSIGNAL);
                if (n > 0 && (left -= n) == 0)
                    epoll_ctl(poller, EPOLL_CTL_DEL, sender, NULL);
                continue;
            }
            ssize_t n = recv(fd, buffer, CHUNK, 0);
            if (n <= 0 && errno != EAGAIN)
                return report(total, start, now_ns(), n < 0 ? errno : EPIPE);
            char *mark = n > 0 && !marked[fd] ? memchr(buffer, '!', (size_t)n) : NULL;
            if (mark != NULL) {
                marked[fd] = 1;
                n -= mark + 1 - buffer;
            } else if (!marked[fd]) {
                n = 0;
            }
            total += n > 0 ? n : 0;
        }
    }
    return report(total, start, now_ns(), 0);
}

static int through(int port, int target)
{
    char text[64];
    snprintf(text, sizeof text, "tcp:%d", port);
    int fd = address_connect(text), head = 0;
    long long total = 0, start;
    if (fd < 0)
        return report(0, 0, 0, errno);
    int length = snprintf(text, sizeof text, "CONNECT 127.0.0.1:%d HTTP/1.0\r\n\r\n", target);
    if (write(fd, text, (size_t)length) != length)
        return report(0, 0, 0, errno);
    for (int ends = 0; ends < 4; head++) {
        char byte;
        if (read(fd, &byte, 1) != 1)
            return report(0, 0, 0, EPIPE);
        ends = byte == "\r\n\r\n"[ends] ? ends + 1 : byte == '\r';
    }
    start = now_ns();
    ssize_t n;
    while ((n = recv(fd, NULL, 1 << 30, MSG_TRUNC)) > 0)
        total += n;
    return report(total, start, now_ns(), n < 0 ? errno : 0);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    const char *role = argv[3];
    int port = atoi(argv[4]);
    long first = argc > 5 ? atol(argv[5]) : 0, second = argc > 6 ? atol(argv[6]) : 0;
    struct rlimit most;
    report_fd = atoi(argv[1]);
    fcntl(report_fd, F_SETFD, FD_CLOEXEC);
    alarm((unsigned)atoi(argv[2]));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (strcmp(role, "rate") == 0)
        return rate(port, first, second, argc > 7 && atoi(argv[7]));
    if (strcmp(role, "burst") == 0)
        return burst(port, first, 0);
    if (strcmp(role, "hold") == 0)
        return burst(port, first, 1);
    if (strcmp(role, "fan") == 0)
        return fan(port, first, second);
    if (strcmp(role, "through") == 0)
        return through(port, (int)first);
    return 2;
}
