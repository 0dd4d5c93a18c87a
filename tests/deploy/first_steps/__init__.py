"""The first minutes of somebody who has just started a system, or is given one."""
