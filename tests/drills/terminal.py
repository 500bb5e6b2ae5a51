"""Runs a command with a terminal of its own: python terminal.py TYPED COMMAND.

After what is typed come Enter and Ctrl-D.
"""

import os
import pty
import shlex
import sys

if __name__ == "__main__":
    typed, command = sys.argv[1], shlex.split(sys.argv[2])
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)  # noqa: S606 - the drill's own
    if typed:
        os.write(terminal, f"{typed}\n\x04".encode())
    try:
        while said := os.read(terminal, 4096):
            os.write(1, said)
    except OSError:  # how Linux says that nobody is at the other end any more
        pass
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))
