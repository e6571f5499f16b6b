"""Running one program, and the peers beside it: what it cost, and what the peers saw.

No process outlives its `with`, and none runs longer than the time limit: the launcher ends the measured program then,
and each peer has an alarm of its own.
"""

import os
import select
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What the kernel counted for one process, from exec to exit, its threads and its waited-for children included."""

    status: int
    signal: int
    timed_out: bool
    start_ns: int
    end_ns: int
    cpu_s: float
    peak_kib: int

    @property
    def wall_s(self) -> float:
        return (self.end_ns - self.start_ns) / 1e9

    @property
    def trouble(self) -> str | None:
        if self.timed_out:
            return "time limit"
        if self.signal:
            return f"signal {self.signal}"
        return f"status {self.status}" if self.status else None


@dataclass(frozen=True)
class Sight:
    """What a peer saw: bytes (ports, rounds), its two times, and the errno that ended it (0: none)."""

    count: int
    start_ns: int
    end_ns: int
    error: int


class Child:
    """A process that writes lines to a pipe of its own (its standard streams are for the bytes)."""

    def __init__(self, command: list[str], limit_s: int, words: list[str], **streams):
        self._report, write_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                [command[0], str(write_end), str(limit_s), *command[1:], *words],
                pass_fds=(write_end,),
                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams},
            )
        finally:
            os.close(write_end)
        self._seen = b""

    def line(self, patience_s: float) -> str | None:
        """The next line, or None when the process ended without one or took too long."""
        deadline = time.monotonic() + patience_s
        while b"\n" not in self._seen:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._report], [], [], left)[0]:
                return None
            more = os.read(self._report, 4096)
            if not more:
                return None
            self._seen += more
        first, self._seen = self._seen.split(b"\n", 1)
        return first.decode("ascii")

    def close_input(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close_input()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.kill()
        self._process.wait()
        os.close(self._report)


class Peer(Child):
    """The other end of a measured program, one role of peer.c."""

    # How long after the measured program's end a peer may need to see all that is still under way.
    GRACE_S = 5.0

    def __init__(self, peer: str, limit_s: int, *words: object, **streams):
        super().__init__([peer], limit_s, [str(word) for word in words], **streams)

    def ready(self) -> None:
        if self.line(self.GRACE_S) != "ready":
            raise RuntimeError("a peer could not listen")

    def sight(self, patience_s: float = GRACE_S) -> Sight:
        """What it saw; nothing at all when it never had a connection."""
        line = self.line(patience_s)
        return Sight(*map(int, line.split())) if line else Sight(0, 0, 0, 0)


class Measured(Child):
    """The measured program, under the launcher."""

    def __init__(self, launcher: str, limit_s: int, command: list[str], **streams):
        self._limit_s = limit_s
        super().__init__([launcher], limit_s, command, **streams)

    def exchange(self, words: bytes) -> bytes:
        """Gives it a few bytes and the end of its input, and takes all it writes."""
        self._process.stdin.write(words)
        self._process.stdin.close()
        return self._process.stdout.read()

    def taken(self, count: int) -> bytes:
        """The first bytes that it writes, so many of them or all there are."""
        return self._process.stdout.read(count)

    def cost(self) -> Cost:
        """Waits for its end."""
        line = self.line(self._limit_s + Peer.GRACE_S)
        if line is None:
            raise RuntimeError("the launcher did not report")
        status, signal, timed_out, start, end, user, system, peak = map(int, line.split())
        return Cost(status, signal, bool(timed_out), start, end, (user + system) / 1e6, peak)
