"""The private network in which everything runs: loopback alone, made for the run and gone with it.

Two things in it decide what the figures mean. The congestion control is reno: bbr, the default of some machines, paces
loopback streams, and then every program has the same speed. And what TCP learned of a destination is not kept, else
one program's connection starts where the one before it ended.
"""

import os
import shutil
import subprocess
import sys

# TEST-NET-1 (RFC 5737), routed to loopback: no address there is ours, so the kernel drops what comes, and says nothing.
DARK_NETWORK = "192.0.2.0/24"
DARK_ADDRESS = "192.0.2.1"

MARK = "NC_BENCH_NAMESPACE"
CONGESTION = "/proc/sys/net/ipv4/tcp_congestion_control"
NO_METRICS = "/proc/sys/net/ipv4/tcp_no_metrics_save"


def obstacle() -> str | None:
    """Why there can be no private network here, or None."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "a network namespace needs root"
    for tool in ("unshare", "ip", "cc"):
        if not shutil.which(tool):
            return f"no {tool}"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        return tried.stderr.strip() or "unshare --net fails"
    return None


def inside() -> bool:
    return os.environ.get(MARK) == str(os.getpid())


def enter(arguments: list[str]) -> None:
    """Starts this program again, in a network of its own. Does not return."""
    os.environ[MARK] = str(os.getpid())  # unshare and exec both keep the process
    os.execvp("unshare", ["unshare", "--net", "--", sys.executable, "-B", *arguments])


def furnish() -> str:
    """Loopback up, the dark network, the congestion control. Returns the congestion control in force."""
    for words in (["link", "set", "lo", "up"], ["route", "add", DARK_NETWORK, "dev", "lo"]):
        subprocess.run(["ip", *words], check=True)
    with open(CONGESTION, "w", encoding="ascii") as control:
        control.write("reno")
    with open(NO_METRICS, "w", encoding="ascii") as control:
        control.write("1")
    with open(CONGESTION, encoding="ascii") as control:
        return control.read().strip()
