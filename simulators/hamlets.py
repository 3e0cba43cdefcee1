"""A hamlet of the simulated commune, and places in it."""

from itertools import count, pairwise
from typing import NamedTuple

from simulators.signals import between, chance


class Hamlet(NamedTuple):
    """A hamlet by its name; corners of its outline as (longitude, latitude), none: its shape is not known."""

    name: str
    outline: tuple[tuple[float, float], ...] = ()

    def place(self, seed: int, *names: object) -> tuple[float, float]:
        """Return a (latitude, longitude) inside the outline, to about 100 m, the same for the same seed and names.

        Raises ``ValueError`` where the hamlet has no outline, or none with an area.
        """
        if len(set(self.outline)) < 3:
            raise ValueError(f"{self.name} has no outline")
        longitudes, latitudes = zip(*self.outline, strict=True)
        for n in count():
            latitude = between(min(latitudes), max(latitudes), chance(seed, *names, n, "latitude"), 3)
            longitude = between(min(longitudes), max(longitudes), chance(seed, *names, n, "longitude"), 3)
            if self.holds(latitude, longitude):
                return latitude, longitude
            if n > 10_000:
                break
        raise ValueError(f"{self.name}: its outline has no area")

    def holds(self, latitude: float, longitude: float) -> bool:
        """Tell whether a place lies inside the outline: a ray from it crosses the outline an odd number of times."""
        inside = False
        ring = (*self.outline, *self.outline[:1])
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        return inside
