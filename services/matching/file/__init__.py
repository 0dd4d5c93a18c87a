"""`ithaca match`: matching from a file, with neither a broker nor a database."""
