"""A measured server: it does not end by itself, so what it costs is read from /proc while it runs."""

import os
import resource
import signal
import subprocess
import time
from dataclasses import dataclass

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 5.0
LISTENING = "0A"


@dataclass(frozen=True)
class Load:
    """Processor time of the server and all it has started, and the memory that is theirs alone now."""

    cpu_s: float
    own_kib: int


def most_descriptors() -> None:
    """What a server inherits: as many descriptors as may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def listens(port: int) -> bool:
    """Whether anybody listens there, found out without a connection."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(table):
            continue
        with open(table, encoding="ascii") as lines:
            for words in map(str.split, lines):
                if words[1].endswith(f":{port:04X}") and words[3] == LISTENING:
                    return True
    return False


def anonymous_kib(process: str) -> int:
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


class Server:
    """Runs for as long as its `with`."""

    def __init__(self, command: list[str], port: int, stderr, keeps_input: bool = False):
        stdin = subprocess.PIPE if keeps_input else subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr,
                                         preexec_fn=most_descriptors, start_new_session=True)
        deadline = time.monotonic() + PATIENCE_S
        while not listens(port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise RuntimeError(f"{command[0]} does not listen")
            time.sleep(0.005)

    def load(self) -> Load:
        ticks = own = 0
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/stat", encoding="ascii") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                if int(fields[3]) != self._process.pid:
                    continue
                ticks += sum(map(int, fields[11:15]))
                own += anonymous_kib(process)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
        return Load(ticks / TICK, own)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
