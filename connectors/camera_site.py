"""What the sources share that sign in to a commune's cameras: the list of them, one user, a conversation each."""

from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from connectors.contract import Polled


class NamedCamera(BaseModel):
    """One camera; where it answers is its protocol's matter."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    """As in the register of devices."""


AnyCamera = TypeVar("AnyCamera", bound=NamedCamera)


class CameraSite(Polled, Generic[AnyCamera]):
    """The cameras of one commune; each has a conversation of its own, so a dead one delays no other."""

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code of these cameras."""
    cameras: tuple[AnyCamera, ...]
    username: str = ""
    """For signing in to the cameras, one for all of them; empty: nobody does."""
    password: SecretStr | None = None
    """One user for all of them (``IOC_SOURCES__<NAME>__PASSWORD``); a right to look is enough."""
    login_pause: timedelta = timedelta(minutes=30)
    """Nobody signs in for so long to a camera that refused the password: cameras lock a user out after some wrong
    attempts, and that would lock the police out too."""

    @model_validator(mode="after")
    def _consistent(self) -> "CameraSite[AnyCamera]":
        names = self.talks()
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"cameras: {', '.join(sorted(twice))} stands there twice; give each a name of its own")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password come together")
        return self

    def talks(self) -> tuple[str, ...]:
        """Return the cameras' names."""
        return tuple(camera.name for camera in self.cameras)

    def camera(self, name: str) -> AnyCamera:
        """Return the camera of a conversation."""
        return next(camera for camera in self.cameras if camera.name == name)
