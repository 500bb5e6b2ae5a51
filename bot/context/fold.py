"""Folding: no message shows more than a phone's screen before somebody unfolds it.

What is folded are lists. Sentences are left as they stand, so who sees an answer, what cannot be undone and where to
turn are never hidden. Nothing is cut.
"""

from messages.structure.blocks import Block, Body, Bullets, Fold
from messages.structure.layout import laid_out

READ = 700  # characters that a message shows at most before anything is unfolded
SEEN = 120  # characters, about, that a folded quotation shows
LIST = 3  # items that make a list; fewer do where they are long, as what people wrote can be
LONG = 2 * SEEN


def unfolded(body: Body) -> int:
    """Return how many characters of a message are seen before anything in it is unfolded."""
    return len(laid_out(tuple(_seen(block) for block in body))) + sum(
        min(SEEN, len(laid_out(block.blocks))) for block in body if isinstance(block, Fold)
    )


def _seen(block: Block) -> Block:
    return Fold(()) if isinstance(block, Fold) else block


def folded(body: Body, most: int = READ) -> Body:
    """Return the message with as few of its lists folded as bring it to `most` characters, or all of them."""
    while (over := unfolded(body) - most) > 0:
        gains = {place: gain for place, block in enumerate(body) if (gain := _gain(block)) > 0}
        if not gains:
            break
        enough = [place for place, gain in gains.items() if gain >= over]
        place = min(enough, key=gains.__getitem__) if enough else max(gains, key=gains.__getitem__)
        body = (*body[:place], Fold((body[place],)), *body[place + 1 :])
    return body


def _gain(block: Block) -> int:
    """Return how many characters fewer are seen if a block is folded; 0 for what is no list."""
    if not isinstance(block, Bullets):
        return 0
    length = len(laid_out((block,)))
    return length - SEEN if len(block.items) >= LIST or length > LONG else 0
