"""The database in production: MongoDB, by PyMongo's asynchronous client. It has to be a replica set."""
