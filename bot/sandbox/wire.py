"""The Bot API's JSON, as it goes over the wire: objects whose fields are looked at where they are used."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any  # any JSON: a parameter or a part of one that is still to be looked at
Wire: TypeAlias = dict[str, Json]
Given: TypeAlias = Mapping[str, Json]  # the parameters of a call, or what a page sends
