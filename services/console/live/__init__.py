"""Live pages: what happens shows on the pages that are open, within a second and without a reload.

An element of a page that is to stay true has an `id`, and says in `data-live` which signals concern it:

    <section id="waiting" data-live="applications waiting">...</section>

When such a signal comes, the page is fetched once more (at most twice a second, however many elements are concerned),
and each element becomes what the new page has in its place. Focus, scroll position, text that is half typed, choices
and opened details stay. The address says it all: a page that depends on anything else than its address cannot be live.

**Signals** are names, in `signals.py`: applications, feedback, letters, matches, organization, people, programs,
relationships, risks, runs, sessions, waiting. They say that something is new, and not what. Somebody hears a signal
if an event concerns themself, a program that they look after, or as an admin the organization: `Audience` decides.

**What no event tells**, such as how far a run or an import is, is asked for: `data-poll="2"` fetches the element every
two seconds while its page is looked at. Leave it out of the page when there is nothing more to come. The same is right
for what another service makes of an event a moment later, without an event of its own.

**Lists** do not move under the hand. A list with `data-rows` whose rows have ids (`queue`, `picks` and `table` take
`id`, their items too) keeps its order: rows change and leave by themselves, and new ones are announced by
`news("<id of the list>")` of `frame/parts/live.html`, which stands before it in the live element: "3 new".

**After a command**, `page.follow(path, kind, id, done)` leads on when what it tells has come here, within 0.4 s in any
case: the page says "Saving" then, and asks again each second; after ten seconds it says that it will appear. Nothing is
sent again. **While a service is away**, pages show what it has answered last, say since when, have their buttons off
and go on by themselves. What of a page can be **taken back** is told in `services/console/held`.

**How it gets there.** The console follows the services' topics (`reactions.py`) and writes a row of the read model
`Latest` for each thing that was told of. Every process watches that collection (`hub.py`; in MongoDB it is a change
stream), since another one may have written it. Each browser has one stream (`GET /live`), which one of its windows
holds for all of them: names, each with its position, and nothing else. A browser that comes again says how far it was;
what is not known any more is made up for by all signals. Without scripts, and while there is no stream, pages are what
they are when they are loaded.
"""
