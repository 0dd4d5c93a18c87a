"""What forms ask of somebody's card, whoever's it is."""

from pydantic import BaseModel

from services.console.frame.forms import Key, Text


class Correction(BaseModel):
    """What a card is to say."""

    key: Key = ""
    name: Text = ""
    pronouns: Text = ""
    locale: Text = ""
    time_zone: Text = ""

    @property
    def body(self) -> dict[str, str]:
        """It, as intake takes it."""
        return self.model_dump(exclude={"key"})


class Change(BaseModel):
    """Something that is done to somebody."""

    what: str
    body: dict[str, str | bool] = {}
    key: str = ""
