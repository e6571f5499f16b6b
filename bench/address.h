/*
 * The two kinds of address the bench uses, as its C programs write them: tcp:PORT (always 127.0.0.1) and unix:PATH.
 */
#ifndef BENCH_ADDRESS_H
#define BENCH_ADDRESS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in tcp;
    struct sockaddr_un local;
};

/* The length of the address, or 0 when the text is not one. */
static inline socklen_t address_parse(const char *text, union address *to)
{
    memset(to, 0, sizeof *to);
    if (strncmp(text, "tcp:", 4) == 0) {
        to->tcp.sin_family = AF_INET;
        to->tcp.sin_port = htons((unsigned short)atoi(text + 4));
        to->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return sizeof to->tcp;
    }
    if (strncmp(text, "unix:", 5) == 0 && strlen(text + 5) < sizeof to->local.sun_path) {
        to->local.sun_family = AF_UNIX;
        strcpy(to->local.sun_path, text + 5);
        return sizeof to->local;
    }
    return 0;
}

static inline void address_fail(const char *what)
{
    perror(what);
    exit(2);
}

/* A listening socket. */
static inline int address_listen(const char *text)
{
    union address at;
    socklen_t length = address_parse(text, &at);
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 || bind(fd, &at.any, length) < 0 ||
        listen(fd, 128) < 0)
        address_fail(text);
    return fd;
}

/* A connected socket, or -1 with errno set. */
static inline int address_connect(const char *text)
{
    union address at;
    socklen_t length = address_parse(text, &at);
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, &at.any, length) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A byte that waits for its fellows would measure the timer. Meaningless, and harmless, on a Unix socket. */
static inline void address_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

#endif
