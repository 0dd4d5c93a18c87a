"""The participants of a program, what they stated, and what is compared between them."""
