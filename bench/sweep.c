/*
 * The limit of a scan: concurrent connects to a range of ports, and nothing else.
 *
 *   sweep ADDRESS FIRST LAST TIMEOUT_MS
 *
 * Prints the ports that are open. A connection to itself (a connect to a port of the ephemeral range may be given that
 * port as its own) is no open port.
 */
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <time.h>

enum { WINDOW = 512 };

/* All attempts have the same time limit, so the oldest is always the first to run out: a ring in order of start. */
struct attempt {
    int fd;
    int port;
    long long deadline_ms;
};

static struct attempt ring[WINDOW];
static unsigned oldest, newest; /* counted on for ever; the place is the rest modulo WINDOW */

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void finish(int fd, int port)
{
    struct sockaddr_in own, other;
    socklen_t own_length = sizeof own, other_length = sizeof other;
    if (getsockname(fd, (struct sockaddr *)&own, &own_length) == 0 &&
        getpeername(fd, (struct sockaddr *)&other, &other_length) == 0 &&
        (own.sin_port != other.sin_port || own.sin_addr.s_addr != other.sin_addr.s_addr))
        printf("%d\n", port);
    close(fd);
}

/* Starts one connect, and asks for its result at once: over loopback it is there already, though the first call cannot
 * know. A socket that was refused is used for the next port. */
static void start(int epoll_fd, struct sockaddr_in *to, int port, int timeout_ms)
{
    static int spare = -1;
    int fd = spare >= 0 ? spare : socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    spare = -1;
    if (fd < 0)
        address_fail("socket");
    to->sin_port = htons((unsigned short)port);
    int failed = connect(fd, (struct sockaddr *)to, sizeof *to);
    if (failed && errno == EINPROGRESS)
        failed = connect(fd, (struct sockaddr *)to, sizeof *to);
    if (!failed) {
        finish(fd, port);
        return;
    }
    if (errno != EALREADY) {
        spare = fd;
        return;
    }
    unsigned place = newest % WINDOW;
    ring[place] = (struct attempt){.fd = fd, .port = port, .deadline_ms = now_ms() + timeout_ms};
    struct epoll_event wanted = {.events = EPOLLOUT, .data.u32 = place};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &wanted) < 0)
        address_fail("epoll_ctl");
    newest++;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (argc != 5 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fputs("usage: sweep ADDRESS FIRST LAST TIMEOUT_MS\n", stderr);
        return 2;
    }
    int port = atoi(argv[2]), last = atoi(argv[3]), timeout_ms = atoi(argv[4]);
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event ready[64];

    while (port <= last || oldest != newest) {
        while (port <= last && newest - oldest < WINDOW)
            start(epoll_fd, &to, port++, timeout_ms);
        long long left = oldest == newest ? 0 : ring[oldest % WINDOW].deadline_ms - now_ms();
        int n = epoll_wait(epoll_fd, ready, 64, left > 0 ? (int)left : 0);
        for (int i = 0; i < n; i++) {
            struct attempt *one = &ring[ready[i].data.u32];
            finish(one->fd, one->port);
            one->fd = -1;
        }
        long long now = now_ms();
        while (oldest != newest && (ring[oldest % WINDOW].fd < 0 || ring[oldest % WINDOW].deadline_ms <= now)) {
            if (ring[oldest % WINDOW].fd >= 0)
                close(ring[oldest % WINDOW].fd);
            oldest++;
        }
    }
    return 0;
}
