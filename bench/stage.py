"""What the scenarios stand on: the built C programs, a folder for files and sockets, ports, and the sizes of the run."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field

from measure import Measured, Peer

MIB = 1 << 20
# Below the ephemeral range, where a connection's own port could be the one that the next program is to listen on, and
# above the open ports of the scan, which must not meet what is still in TIME_WAIT.
FIRST_PORT, LAST_PORT = 30000, 32767


@dataclass
class Stage:
    """One run's surroundings. `size` is bytes for each transfer, `limit_s` what any one process may take."""

    folder: str
    size: int
    limit_s: int
    tools: dict[str, str] = field(default_factory=dict)
    _port: int = FIRST_PORT

    def build(self, sources: str) -> None:
        """Compiles the C programs into the folder."""
        for name, flags in (("peer", []), ("crowd", []), ("splice", []), ("sweep", []), ("serve", []), ("launch", ["-static"])):
            self.tools[name] = os.path.join(self.folder, name)
            base = ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-o", self.tools[name],
                    os.path.join(sources, f"{name}.c")]
            if flags and subprocess.run([*base, *flags], capture_output=True, check=False).returncode == 0:
                continue
            subprocess.run(base, check=True)  # no static libc: the peaks then start at about 1 MiB

    def port(self) -> int:
        """A port that nothing has used for a long while."""
        self._port = FIRST_PORT if self._port >= LAST_PORT else self._port + 1
        return self._port

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def fresh_path(self, name: str) -> str:
        """A path at which there is nothing."""
        path = self.path(name)
        if os.path.lexists(path):
            os.unlink(path)
        return path

    def input_file(self) -> str:
        """A file of `size` bytes, in the page cache for having just been written."""
        path = self.path("input")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                for _ in range(self.size // MIB):
                    file.write(b"n" * MIB)
        return path

    def peer(self, *words: object, **streams) -> Peer:
        return Peer(self.tools["peer"], self.limit_s, *words, **streams)

    def measured(self, command: list[str], **streams) -> Measured:
        with open(self.path("stderr"), "wb") as words:
            return Measured(self.tools["launch"], self.limit_s, command, stderr=words, **streams)

    def last_words(self) -> str:
        """The first line that the last measured program wrote to standard error."""
        with open(self.path("stderr"), "rb") as words:
            return words.readline(200).decode("utf-8", "replace").strip()


def folder_for(size: int) -> tempfile.TemporaryDirectory:
    """A temporary folder: in memory if two files of `size` fit there well, else wherever temporary files go."""
    memory = "/dev/shm"
    fits = os.path.isdir(memory) and shutil.disk_usage(memory).free > 4 * size
    return tempfile.TemporaryDirectory(prefix="nc-bench-", dir=memory if fits else None)


def filesystem(folder: str) -> str:
    """The kind of file system that a folder is on."""
    asked = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"
