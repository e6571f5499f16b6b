/*
 * The least that a server could do: one thread, one epoll. The servers' ratios are to this.
 *
 *   serve sink PORT      take and drop all that anybody sends
 *   serve cat PORT       run /bin/cat on each connection
 *   serve broker PORT    send what one says to all others
 *   serve proxy PORT     answer CONNECT 127.0.0.1:PORT, then splice both ways
 *
 * A client that finishes sending is closed. Memory is not bounded: a limit need not be a good server.
 */
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MOST = 1 << 16, CHUNK = 256 << 10 };

/* What a client's descriptor is, and for a proxy where its bytes go. */
struct place {
    int here, other, pipe_in, pipe_out;
    size_t held;
    char *queue;
    size_t queued, begun;
    int broken;
};

static struct place places[MOST];
static int clients[MOST], count;
static char buffer[CHUNK];
static int poller;

static void watch(int fd, unsigned events, int how)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(poller, how, fd, &event);
}

static void enter(int fd)
{
    if (fd >= MOST) {
        close(fd);
        return;
    }
    places[fd] = (struct place){.here = 1, .other = -1};
    clients[count++] = fd;
    watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
}

static void leave(int fd)
{
    free(places[fd].queue);
    places[fd] = (struct place){0};
    for (int i = 0; i < count; i++)
        if (clients[i] == fd) {
            clients[i] = clients[--count];
            break;
        }
    close(fd);
}

static void flush(int fd)
{
    struct place *at = &places[fd];
    while (at->begun < at->queued) {
        ssize_t n = send(fd, at->queue + at->begun, at->queued - at->begun, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0)
            return;
        at->begun += (size_t)n;
    }
    at->begun = at->queued = 0;
    watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
}

static void give(int fd, const char *bytes, size_t length)
{
    struct place *at = &places[fd];
    if (at->queued == 0) {
        ssize_t n = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        }
    }
    if (length == 0)
        return;
    at->queue = realloc(at->queue, at->queued + length);
    memcpy(at->queue + at->queued, bytes, length);
    at->queued += length;
    watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, EPOLL_CTL_MOD);
}

static void listen_all(int listener, int is_cat)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | (is_cat ? 0 : SOCK_NONBLOCK));
        if (fd < 0)
            return;
        if (!is_cat) {
            enter(fd);
        } else {
            if (vfork() == 0) {
                dup2(fd, 0);
                dup2(fd, 1);
                execl("/bin/cat", "cat", (char *)NULL);
                _exit(127);
            }
            close(fd);
        }
    }
}

/* The request, taken for granted; then both ends know each other. */
static int introduce(int fd)
{
    ssize_t n = recv(fd, buffer, 4096, 0);
    char *colon = n > 0 ? memchr(buffer, ':', (size_t)n) : NULL;
    char target[32];
    int other, pair[2], back[2];
    if (colon == NULL)
        return -1;
    snprintf(target, sizeof target, "tcp:%d", atoi(colon + 1));
    if ((other = address_connect(target)) < 0 || other >= MOST || pipe2(pair, O_NONBLOCK | O_CLOEXEC) < 0 ||
        pipe2(back, O_NONBLOCK | O_CLOEXEC) < 0)
        return -1;
    fcntl(pair[1], F_SETPIPE_SZ, 1 << 20);
    fcntl(back[1], F_SETPIPE_SZ, 1 << 20);
    fcntl(other, F_SETFL, O_NONBLOCK);
    enter(other);
    places[fd].other = other;
    places[fd].pipe_out = pair[0];
    places[fd].pipe_in = pair[1];
    places[other].other = fd;
    places[other].pipe_out = back[0];
    places[other].pipe_in = back[1];
    return send(fd, "HTTP/1.0 200 OK\r\n\r\n", 19, MSG_NOSIGNAL) == 19 ? 0 : -1;
}

/* From one end to its other; false once it is over. */
static int pass(int fd)
{
    struct place *at = &places[fd];
    for (;;) {
        if (at->held == 0) {
            ssize_t n = splice(fd, NULL, at->pipe_in, NULL, 1 << 20, SPLICE_F_NONBLOCK);
            if (n == 0)
                return 0;
            if (n < 0)
                return errno == EAGAIN;
            at->held = (size_t)n;
        }
        ssize_t n = splice(at->pipe_out, NULL, at->other, NULL, at->held, SPLICE_F_NONBLOCK);
        if (n < 0) {
            if (errno != EAGAIN)
                return 0;
            watch(fd, 0, EPOLL_CTL_MOD);
            watch(at->other, EPOLLIN | EPOLLOUT | EPOLLRDHUP, EPOLL_CTL_MOD);
            return 1;
        }
        at->held -= (size_t)n;
    }
}

static void part(int fd)
{
    int other = places[fd].other;
    leave(fd);
    if (other >= 0 && places[other].here)
        leave(other);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int is_cat = strcmp(argv[1], "cat") == 0, is_broker = strcmp(argv[1], "broker") == 0,
        is_proxy = strcmp(argv[1], "proxy") == 0;
    char at[32];
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    snprintf(at, sizeof at, "tcp:%d", atoi(argv[2]));
    int listener = address_listen(at);
    listen(listener, 4096);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    poller = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                listen_all(listener, is_cat);
                continue;
            }
            if (!places[fd].here)
                continue;
            if (is_proxy) {
                int other = places[fd].other;
                if (other < 0) {
                    if (introduce(fd) < 0)
                        part(fd);
                    continue;
                }
                if (events[i].events & EPOLLOUT) {
                    watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
                    watch(other, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
                    if (!pass(other)) {
                        part(other);
                        continue;
                    }
                }
                if (!pass(fd))
                    part(fd);
                continue;
            }
            if (events[i].events & EPOLLOUT)
                flush(fd);
            ssize_t n = recv(fd, buffer, CHUNK, MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno != EAGAIN)) {
                leave(fd);
            } else if (n > 0 && is_broker) {
                for (int j = 0; j < count; j++)
                    if (clients[j] != fd)
                        give(clients[j], buffer, (size_t)n);
            }
        }
    }
}
