"""Does it work: feedback, relationships at risk, and figures that can be traced to the events behind them."""
