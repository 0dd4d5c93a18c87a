"""The board: those who run a program match people by hand, pin two to each other, or keep two apart."""
