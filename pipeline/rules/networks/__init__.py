"""What the networks take: their limits as data, whether a file fits, and the text of a post."""

from pipeline.rules.networks.fitting import Measured, check, fitting, measured
from pipeline.rules.networks.limits import BadNetworks, Network, Networks, read_networks
from pipeline.rules.networks.posts import Post, hashtags_of, post_text

__all__ = [
    "BadNetworks",
    "Measured",
    "Network",
    "Networks",
    "Post",
    "check",
    "fitting",
    "hashtags_of",
    "measured",
    "post_text",
    "read_networks",
]
