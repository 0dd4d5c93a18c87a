"""Does it work: feedback, pairs at risk, and figures that can be traced to the events behind them."""
