"""Swedish lies with the words: what the engine, the storage and the rules of messages/ say holds in any language."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SWEDISH = re.compile(
    r"[åäöÅÄÖ]|\b(?:och|till|inte|eller|gruppen|klockan|dag|dagar|vecka|veckor|halv|igen|januari|onsdag|februari)\b"
)


def test_no_swedish_in_code() -> None:
    """A text in code, docstrings apart, is no Swedish; a language's rules are data."""
    found = []
    files = [*(ROOT / "flows").rglob("*.py"), *(ROOT / "storage").rglob("*.py"), *(ROOT / "messages").glob("*.py")]
    for path in [*files, *(ROOT / "bot" / "turn").glob("*.py"), *(ROOT / "bot" / "documents").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                found += [f"{path.name}:{node.lineno}: {node.value}"] if SWEDISH.search(node.value) else []
    assert found == []
