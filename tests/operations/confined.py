"""Runs a command as systemd would under the unit file, as far as that can be done without systemd.

    unshare --mount python confined.py UNIT USER FOLDER:AS... -- COMMAND...

For root, who gives up all rights before the command begins. What is done of the unit: the file system is read-only but
for the folders (each FOLDER is seen at AS), another user without any capability, no new privileges, the umask, the
filter of system calls and of address families, no memory that is both writable and executable, the limit of threads, no
core dumps. Not done, as it takes systemd itself: the views of /proc, /dev and /tmp, and the limits of the cgroup.
"""

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
ALLOW, ERRNO, EPERM = 0x7FFF0000, 0x00050000, 1
EQUAL = 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


def settings(unit: str) -> dict[str, list[str]]:
    """The unit's settings: every value that is given for a name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in unit.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found[name].append(value)
    return found


def calls(group: str) -> set[str]:
    """The system calls of one of systemd's groups."""
    command, path = ["systemd-analyze", "syscall-filter", group], {"PATH": os.environ["PATH"]}
    shown = subprocess.run(command, env=path, capture_output=True, text=True, check=True)
    names = {line.strip() for line in shown.stdout.splitlines()[1:] if not line.strip().startswith("#")} - {""}
    return {name for name in names if not name.startswith("@")}.union(*(calls(n) for n in names if n.startswith("@")))


def allowed(filters: list[str]) -> set[str]:
    """What `SystemCallFilter=` leaves, given as often as it is."""
    left: set[str] = set()
    for value in filters:
        names = set().union(*(calls(group) for group in value.removeprefix("~").split()))
        left = left - names if value.startswith("~") else left | names
    return left


class Compare(ctypes.Structure):
    """A condition on an argument of a system call (struct scmp_arg_cmp)."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def filter_calls(names: set[str], families: list[str]) -> None:
    """Refuse all other system calls, and sockets of other families, from here on."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ERRNO | EPERM))
    number = library.seccomp_syscall_resolve_name
    for name in names - {"socket"}:
        library.seccomp_rule_add(context, ALLOW, number(name.encode()), 0)
    for family in families:
        fits = Compare(0, EQUAL, FAMILIES[family], 0)
        library.seccomp_rule_add_array(context, ALLOW, number(b"socket"), 1, ctypes.byref(fits))
    assert library.seccomp_load(context) == 0


def mount(*arguments: str | Path) -> None:
    """As the command."""
    subprocess.run(["mount", *map(str, arguments)], check=True)


def open_up(paths: list[Path]) -> None:
    """Let others reach these though they lie in somebody's closed home: it is hidden, and they are put there alone."""
    stage = Path("/mnt/confined")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/mnt")
    stage.mkdir()
    homes = {}
    for number, path in enumerate(paths):
        closed = next((p for p in reversed(path.parents) if not p.stat().st_mode & 0o001), None)
        if closed is not None:
            homes[path] = closed
            (stage / str(number)).mkdir()
            mount("--bind", path, stage / str(number))
    for home in set(homes.values()):
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", home)
    for number, path in enumerate(paths):
        if path in homes:
            path.mkdir(parents=True, exist_ok=True)
            mount("--bind", stage / str(number), path)


def main() -> None:
    """Do as the unit says, then become the command."""
    split = sys.argv.index("--")
    unit, user, *folders = sys.argv[1:split]
    said, command, number = settings(Path(unit).read_text(encoding="utf-8")), sys.argv[split + 1 :], int(user)
    names, prctl = allowed(said["SystemCallFilter"]), ctypes.CDLL(None).prctl
    mount("--make-rprivate", "/")
    open_up([Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[2]])
    mount("--bind", "/", "/")
    for folder, place in (pair.split(":") for pair in folders):
        shutil.chown(folder, number, number)
        if folder != place:  # it is made in a place of its own, so that nothing is made on this machine
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", Path(place).parent)
            Path(place).mkdir()
        mount("--bind", folder, place)
        if folder != place:
            mount("-o", "remount,ro", Path(place).parent)
    mount("-o", "remount,bind,ro", "/")
    threads = int(said["TasksMax"][0])
    resource.setrlimit(resource.RLIMIT_NPROC, (threads, threads))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(int(said["UMask"][0], 8))
    os.setgroups([])
    os.setgid(number)
    os.setuid(number)  # and all capabilities are gone
    assert prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if said["MemoryDenyWriteExecute"]:
        assert prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0
    if names:
        filter_calls(names, said["RestrictAddressFamilies"][0].split())
    os.execv(command[0], command)  # noqa: S606 - the command is the test's own


if __name__ == "__main__":
    main()
