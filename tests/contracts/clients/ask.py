"""Asks a garden by a client that was generated from its document, and prints what became of the answers.

It runs where the client was generated, in the environment of the generator: ask.py ADDRESS TOKEN
"""

# mypy: ignore-errors

import json
import sys

from garden import AuthenticatedClient
from garden.api.plots import lay_out_plot, plot, plots, water_plot
from garden.models import Changed, LayOutPlot, ListingPlotView, PlotView, Problem, Soil, WaterPlot

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
made = lay_out_plot.sync(client=client, body=LayOutPlot(soil=Soil.SAND), idempotency_key="k1")
assert isinstance(made, Changed)
watered = water_plot.sync_detailed(made.id, client=client, body=WaterPlot(liters=5))
refused = water_plot.sync(made.id, client=client, body=WaterPlot(liters=999))
assert isinstance(refused, Problem)
shown = plot.sync(made.id, client=client)
assert isinstance(shown, PlotView)
listed = plots.sync(client=client, limit=1)
assert isinstance(listed, ListingPlotView)
said = {
    "watered": [watered.status_code, watered.headers["etag"]],
    "refused": [refused.status, refused.code, refused["left"]],
    "shown": shown.liters,
    "listed": [one.liters for one in listed.items],
}
sys.stdout.write(json.dumps(said))
