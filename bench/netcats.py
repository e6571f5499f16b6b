"""The programs that are compared, and what each has to be told: command lines, as data.

A program that ends by itself gets no option; one that does not gets what makes it end. A role that is missing is one
that the program cannot play. Words in braces are filled in for each run: {port} and {path} are the peer's address,
{dark} is an address from which no answer ever comes.

Roles:
  exchange      connect; pass standard input on, with its end; write what comes to standard output
  send          connect; standard input to the network, nothing comes back
  receive       connect; network to standard output, standard input is /dev/null
  listen        the same, but accept one connection
  unix_send     as send, to a Unix stream socket
  unix_receive  as receive, from a Unix stream socket
  scan          connect to every port of 127.0.0.1
  filtered      connect to ports 1 to 8 of {dark}, giving each one second

and as a server of many clients, for ever:
  sink          take what each sends, and drop it
  cat           run /bin/cat for each
  broker        send what one says to all others
  proxy         be an HTTP proxy

and over TLS, with {cert} and {key}:
  tls_send      connect; standard input to the network, whatever certificate is shown
  tls_listen    accept one connection, network to standard output
  tls_stream    both of them, which is a role of its own for what has neither
  tls_serve     take what each client sends, for ever
  tls_exchange  connect to a server whose certificate is verified against {cert}
  tls_broker    send what one client says to all others

and of ours alone, with what looks at the bytes on their way:
  watched_send     as send; what is written down goes to /dev/null
  watched_receive  as receive
"""

import os
import shutil
from dataclasses import dataclass

LIMIT = "C limit"
OURS = "nc (ours)"
OPENSSL = "openssl"
CIPHERS = "ciphers alone"


@dataclass(frozen=True)
class Netcat:
    """One program: the name of its row, the file to run, and its arguments for each role it can play."""

    name: str
    program: str
    roles: dict[str, str]

    @property
    def needs_open_input(self) -> bool:
        """Whether its server ends a connection as soon as its own standard input ends."""
        return self.name == OPENSSL

    def can(self, role: str) -> bool:
        return role in self.roles

    def command(self, role: str, **words: object) -> list[str]:
        return [self.program, *(word.format(**words) for word in self.roles[role].split())]


# The least that a program could do; the ratios are to these. Built by the run.
LIMIT_SPLICE = {
    "exchange": "connect tcp:{port}",
    "send": "connect tcp:{port}",
    "receive": "connect tcp:{port}",
    "listen": "listen tcp:{port}",
    "unix_send": "connect unix:{path}",
    "unix_receive": "connect unix:{path}",
}
LIMIT_SWEEP = {
    "scan": "127.0.0.1 1 65535 1000",
    "filtered": "{dark} 1 8 1000",
}

LIMIT_SERVE = {
    "sink": "sink {port}",
    "cat": "cat {port}",
    "broker": "broker {port}",
    "proxy": "proxy {port}",
}

OUR_ROLES = {
    "sink": "-lk {port}",
    "cat": "-lk {port} -e /bin/cat",
    "broker": "-l --broker {port}",
    "proxy": "-l --proxy-type http {port}",
    "exchange": "127.0.0.1 {port}",
    "send": "127.0.0.1 {port}",
    "receive": "127.0.0.1 {port}",
    "listen": "-l {port}",
    "unix_send": "-U {path}",
    "unix_receive": "-U {path}",
    "scan": "-z 127.0.0.1 1-65535",
    "filtered": "-zw1 {dark} 1 2 3 4 5 6 7 8",
    "tls_stream": "",
    "tls_send": "--tls --insecure 127.0.0.1 {port}",
    "tls_listen": "-l --tls --cert {cert} --key {key} 127.0.0.1 {port}",
    "tls_serve": "-lk --tls --cert {cert} --key {key} 127.0.0.1 {port}",
    "tls_exchange": "--tls --cafile {cert} 127.0.0.1 {port}",
    "tls_broker": "-l --broker --tls --cert {cert} --key {key} 127.0.0.1 {port}",
    "watched_send": "127.0.0.1 {port}",
    "watched_receive": "127.0.0.1 {port}",
}

# What looks at the bytes, beside ours without any of it. A dump is for eyes, and goes to the output.
WATCHED = ("watched_send", "watched_receive")
WATCHERS = {
    "--progress": WATCHED,
    "--rate 100G": WATCHED,
    "--sum": WATCHED,
    "--lint http": WATCHED,
    "--pcap /dev/null": WATCHED,
    "--log /dev/null": WATCHED,
    "--hex": ("watched_send",),
}

# name, program, roles
OTHERS = [
    # -N: without it the end of standard input ends nothing.
    ("nc.openbsd", "nc.openbsd", {
        "exchange": "-N 127.0.0.1 {port}",
        "send": "-N 127.0.0.1 {port}",
        "receive": "127.0.0.1 {port}",
        "listen": "-l {port}",
        "unix_send": "-NU {path}",
        "unix_receive": "-U {path}",
        "scan": "-z 127.0.0.1 1-65535",
        "filtered": "-zw1 {dark} 1-8",
    }),
    # -q: as above; -q 0 does not await an answer. -n: otherwise it asks for the address's name, and there is nobody to ask.
    ("nc.traditional", "nc.traditional", {
        "exchange": "-n -q 1 127.0.0.1 {port}",
        "send": "-n -q 0 127.0.0.1 {port}",
        "receive": "-n 127.0.0.1 {port}",
        "listen": "-n -l -p {port}",
        "scan": "-nz 127.0.0.1 1-65535",
        "filtered": "-nzw1 {dark} 1-8",
    }),
    ("ncat", "ncat", {
        "sink": "-n -lk -m 100000 {port}",
        "cat": "-n -lk -m 100000 {port} -e /bin/cat",
        "broker": "-n -l -m 100000 --broker {port}",
        "proxy": "-n -l --proxy-type http {port}",
        "exchange": "-n 127.0.0.1 {port}",
        "send": "-n 127.0.0.1 {port}",
        "receive": "-n 127.0.0.1 {port}",
        "listen": "-n -l {port}",
        "unix_send": "-U {path}",
        "unix_receive": "-U {path}",
        "tls_stream": "",
        "tls_send": "-n --ssl --send-only 127.0.0.1 {port}",
        "tls_listen": "-n -l --recv-only --ssl --ssl-cert {cert} --ssl-key {key} 127.0.0.1 {port}",
        "tls_serve": "-n -lk -m 100000 --recv-only --ssl --ssl-cert {cert} --ssl-key {key} 127.0.0.1 {port}",
        "tls_exchange": "-4 --ssl-verify --ssl-trustfile {cert} localhost {port}",
        "tls_broker": "-n -l -m 100000 --broker --ssl --ssl-cert {cert} --ssl-key {key} 127.0.0.1 {port}",
    }),
    # localhost: ncat looks for no address in a certificate.
    # -u: one direction only, else it waits half a second for the other one's end.
    ("socat", "socat", {
        "sink": "-u TCP4-LISTEN:{port},fork,backlog=4096 OPEN:/dev/null",
        "cat": "TCP4-LISTEN:{port},fork,backlog=4096 EXEC:/bin/cat",
        "exchange": "- TCP4:127.0.0.1:{port}",
        "send": "-u - TCP4:127.0.0.1:{port}",
        "receive": "-u TCP4:127.0.0.1:{port} -",
        "listen": "-u TCP4-LISTEN:{port} -",
        "unix_send": "-u - UNIX-CONNECT:{path}",
        "unix_receive": "-u UNIX-CONNECT:{path} -",
        "tls_stream": "",
        "tls_send": "-u - OPENSSL:127.0.0.1:{port},verify=0",
        "tls_listen": "-u OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={cert},key={key},verify=0 -",
        "tls_serve": "-u OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,backlog=4096,cert={cert},key={key},verify=0 "
                     "OPEN:/dev/null",
        "tls_exchange": "- OPENSSL:127.0.0.1:{port},cafile={cert},commonname=localhost",
    }),
    # The buffer size shows in streams alone.
    ("socat -b65536", "socat", {
        "send": "-b65536 -u - TCP4:127.0.0.1:{port}",
        "receive": "-b65536 -u TCP4:127.0.0.1:{port} -",
        "listen": "-b65536 -u TCP4-LISTEN:{port} -",
        "unix_send": "-b65536 -u - UNIX-CONNECT:{path}",
        "unix_receive": "-b65536 -u UNIX-CONNECT:{path} -",
        "tls_stream": "",
        "tls_send": "-b65536 -u - OPENSSL:127.0.0.1:{port},verify=0",
        "tls_listen": "-b65536 -u OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={cert},key={key},verify=0 -",
    }),
    # -quiet -no_ign_eof: the end of standard input is the end. -num_tickets: the others send none either, or one.
    (OPENSSL, "openssl", {
        "tls_stream": "",
        "tls_send": "s_client -quiet -no_ign_eof -connect 127.0.0.1:{port}",
        "tls_listen": "s_server -quiet -naccept 1 -num_tickets 0 -cert {cert} -key {key} -accept 127.0.0.1:{port}",
        "tls_serve": "s_server -quiet -num_tickets 0 -cert {cert} -key {key} -accept 127.0.0.1:{port}",
        "tls_exchange": "s_client -quiet -no_ign_eof -verify_return_error -CAfile {cert} -connect 127.0.0.1:{port}",
    }),
    (CIPHERS, "openssl", {"tls_stream": "speed -mr -seconds 1 -bytes 16384 -evp aes-256-gcm"}),
    ("busybox", "busybox", {
        "cat": "nc -ll -p {port} -e /bin/cat",
        "exchange": "nc 127.0.0.1 {port}",
        "send": "nc 127.0.0.1 {port}",
        "receive": "nc 127.0.0.1 {port}",
        "listen": "nc -l -p {port}",
    }),
    # -Pn: no ping first. One try of one second for each port, as the others.
    ("nmap -sT", "nmap", {
        "scan": "-n -Pn -sT -T4 -p- 127.0.0.1",
        "filtered": "-n -Pn -sT -p1-8 --max-retries 0 --initial-rtt-timeout 1s --max-rtt-timeout 1s {dark}",
    }),
]


def installed(ours: str, beside: dict[str, str], tools: dict[str, str]) -> tuple[list[Netcat], list[str]]:
    """The programs that are there, in the order of the tables (the limit is first), and the names of those missing."""
    limits = ("splice", LIMIT_SPLICE), ("sweep", LIMIT_SWEEP), ("serve", LIMIT_SERVE)
    found = [Netcat(LIMIT, tools[name], roles) for name, roles in limits]
    missing = []
    if os.access(ours, os.X_OK):
        found.append(Netcat(OURS, os.path.abspath(ours), OUR_ROLES))
        for option, roles in WATCHERS.items():
            found.append(Netcat(option, os.path.abspath(ours),
                                {role: f"{option} {OUR_ROLES[role]}" for role in roles}))
    else:
        missing.append(f"{OURS} at {ours}")
    found.extend(Netcat(name, os.path.abspath(program), OUR_ROLES) for name, program in beside.items())
    for name, program, roles in OTHERS:
        path = shutil.which(program)
        if path:
            found.append(Netcat(name, path, roles))
        else:
            missing.append(name)
    return found, missing
