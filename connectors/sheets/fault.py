"""A fault of a table, said once for two readers: the log in English, the accountant in Vietnamese."""

from typing import NamedTuple

from connectors.contract import Fault, Undecodable


class Kind(NamedTuple):
    """One kind of fault: what is wrong with the remedy, as templates over the same words."""

    en: str
    vi: str


class Slip(ValueError):
    """A fault that does not know its cell yet; a word may be a :class:`Kind` itself."""

    def __init__(self, kind: Kind, **words: object) -> None:
        self.kind = kind
        self.words = words
        super().__init__(kind, words)

    def at(self, place: str) -> Fault:
        """Return the fault at a place."""
        en = {name: word.en if isinstance(word, Kind) else word for name, word in self.words.items()}
        vi = {name: word.vi if isinstance(word, Kind) else word for name, word in self.words.items()}
        return Fault(place, self.kind.en.format_map(en), self.kind.vi.format_map(vi))

    def __str__(self) -> str:
        return self.at("").reason


def refused(place: str, kind: Kind, **words: object) -> Undecodable:
    """Return the refusal of a whole file or sheet for one fault."""
    fault = Slip(kind, **words).at(place)
    return Undecodable(fault.reason, place=place, faults=(fault,))
