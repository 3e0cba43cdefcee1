"""A Zalo Official Account as a way to a receiver: its form, and what its answers mean."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field, SecretStr, model_validator

from ingest.channel import Form, Url


class ZaloOa(Form):
    """A follower of a Zalo Official Account (message/cs), or of a gateway like it; ``secret`` is the access token."""

    kind: Literal["zalo_oa"] = "zalo_oa"
    user: str = Field(min_length=1)
    """The follower's id."""
    url: Url = "https://openapi.zalo.me/v3.0/oa/message/cs"
    headers: Mapping[str, str] = {"access_token": "{secret}"}
    body: Any = None
    answer: Mapping[str, Any] = {"error": 0}
    longest: int = Field(default=2000, ge=500, le=2000)
    app: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,64}$")
    """The application's id; with it, its secret and a refresh token an access token that ended is renewed here."""
    app_secret: SecretStr | None = Field(default=None, min_length=8)
    """Of the application, where the access token is renewed."""
    refresh_token: SecretStr | None = Field(default=None, min_length=8)
    """As the application was given it once; each is good for one renewal, the following ones are kept by us."""
    token_url: Url = "https://oauth.zaloapp.com/v4/oa/access_token"  # noqa: S105 - an address
    """Where it is renewed."""

    _ENDED: ClassVar[frozenset[int]] = frozenset({-216, -124})
    """Errors of an access token that is wrong or has ended."""

    @model_validator(mode="before")
    @classmethod
    def _form(cls, table: Any) -> Any:
        if isinstance(table, Mapping) and "body" not in table:
            return {**table, "body": {"recipient": {"user_id": table.get("user")}, "message": {"text": "{text}"}}}
        return table

    @model_validator(mode="after")
    def _whole(self) -> "ZaloOa":
        if len({bool(self.app), self.app_secret is not None, self.refresh_token is not None}) > 1:
            names = " and ".join(
                f"IOC_RECEIVERS__{self.name}__{field}".upper() for field in ("app_secret", "refresh_token")
            )
            raise ValueError(f"`app` goes with {names} from the environment")
        return self

    @property
    def renews(self) -> bool:
        """Tell whether the access token is renewed when it ends."""
        return bool(self.app)

    def disowns(self, body: bytes) -> bool:
        """Tell whether an answer means that the access token is wrong or has ended."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return False
        return isinstance(said, dict) and said.get("error") in self._ENDED
