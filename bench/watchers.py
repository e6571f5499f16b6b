"""The scenarios of what looks at a conversation: what each costs, as a ratio of ours without it."""

import os

from netcats import OURS, Netcat
from scenarios import Outcome, Scenario, address, receive_pipe, transfer
from stage import MIB, Stage

BLOCK = b"n" * MIB


def request(stage: Stage) -> str:
    """A file of `size` bytes that is one HTTP request with a body, so that who reads along has something to read."""
    path = stage.path("request")
    if not os.path.exists(path):
        head = "POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: {:012}\r\n\r\n"
        body = stage.size - len(head.format(0))
        with open(path, "wb") as file:
            file.write(head.format(body).encode("ascii"))
            for start in range(0, body, MIB):
                file.write(BLOCK[: body - start])
    return path


def send_request(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """The request to the network: from the peer's accept until it has seen the end. What is written of it is dropped."""
    at, words = address(stage, role)
    with stage.peer("sink", at) as sink, open(request(stage), "rb") as file:
        sink.ready()
        with stage.measured(netcat.command(role, **words), stdin=file) as measured:
            cost = measured.cost()
        seen = sink.sight()
    return transfer(stage, cost, seen, seen.start_ns, seen.end_ns)


def all_watchers() -> list[Scenario]:
    """In the order of the report."""
    return [
        Scenario("watched-in", "nc OPTION HOST PORT < an HTTP request", "watched_send", "GB/s", send_request,
                 against=OURS),
        Scenario("watched-out", "nc OPTION HOST PORT < /dev/null | consumer", "watched_receive", "GB/s", receive_pipe,
                 against=OURS),
    ]
