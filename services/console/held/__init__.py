"""Held commands: what can be taken back is sent a few seconds later, and not at all if it is.

A page has a command held instead of done, with `hold` of `holding.py`:

    command = Held("matching", at("/v1/matches/{}/decline", id), {"reason": reason}, msgid("You have declined."))
    return await hold(page, command, key, about=id, then=at("/matches/{}", id))

Every page of the person says then what is held, until when, and has a button that takes it back. `page.holds(id)` is
whether something about that id is held: then the page shows it as decided, with its buttons gone. What was refused when
it was sent is said in the same place. See docs/decisions/0046-held-commands.md.
"""
