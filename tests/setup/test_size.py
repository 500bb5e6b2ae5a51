"""How large the product is: the figures as they are, so that none of them grows unseen."""

from dataclasses import asdict

from tests.size import Size, measured

# Whoever brings a figure down lowers it here; whoever needs more says in DECISIONS.md for which feature, and how much.
CEILING = Size(code=54322, branching=378, tangled=2, long_files=32, large_records=0)


def test_the_product_does_not_grow_unseen() -> None:
    """Lines, functions that are hard to follow, long files and large records are no more than they were."""
    found, most = asdict(measured()), asdict(CEILING)
    grown = {name: f"{figure}, and not {most[name]}" for name, figure in found.items() if figure > most[name]}
    assert not grown, f"{grown}: make it smaller, or name in DECISIONS.md the feature and its lines"
