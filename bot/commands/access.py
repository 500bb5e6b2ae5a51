"""Show who may what: every role against every command, button, text and kind of data."""

import argparse

from bot.commands import Arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that leave parts out."""
    parser.add_argument(
        "kind", nargs="?", choices=("command", "button", "text", "data"), help="only this kind of thing"
    )


def main(args: Arguments) -> int:
    """Print the matrix: a line for each thing, a column for each role."""
    from bot.assembly.routing import RIGHTS
    from bot.context import permission_matrix

    found = [row for row in permission_matrix.rows(RIGHTS) if args.kind in (None, row[0])]
    width = max(len(name) for _, name, _ in found)
    for number, who in enumerate(permission_matrix.Who, 1):
        print(f"{number} {who}")
    print(f"\n{'':9}{'':{width}}  {' '.join(str(n) for n, _ in enumerate(permission_matrix.Who, 1))}")
    for kind, name, rights in found:
        print(f"{kind:9}{name:{width}}  {' '.join('x' if rights[who] else '.' for who in permission_matrix.Who)}")
    return 0
