"""Words a post on a channel: what `export` writes beside a file, for whoever posts it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.rules.errors import Reason
from pipeline.rules.networks import Post, post_text
from pipeline.steps.means import Means
from pipeline.steps.public.showing import credits_of, is_press
from pipeline.steps.wanted.networks import networks_of
from pipeline.steps.wanted.outlook import Outlook


def post_of(
    means: Means, outlook: Outlook, *, channel: str, originals: Sequence[str]
) -> str | Reason:
    """Return the text to post with a file, or why it does not fit the channel."""
    words = outlook.words
    captions = [words.captions.get(original, "") for original in originals]
    return post_text(
        Post(
            title=words.title,
            caption="\n".join(dict.fromkeys(each for each in captions if each)),
            # A disclosure limits what a patient's result tells; press shows none.
            disclosure="" if is_press(outlook.standing.row) else words.disclosure,
            credits=credits_of(outlook, shown=set(originals)),
            hashtags=words.hashtags,
        ),
        network=networks_of(means).limits_of(channel),
    )
