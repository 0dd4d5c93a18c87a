"""Every page of the console, found as people find it: by the links of the pages before it."""
